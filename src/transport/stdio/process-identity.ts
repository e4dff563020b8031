/**
 * What the system knows about a process, read from `/proc`: enough to tell it from a later one with the same number.
 * It signals nothing. Elsewhere than on Linux it knows nothing.
 */

import { hash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Distinguishes a process from every other one of the same place. Plain data, without its arguments. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the start of the system and its own. */
  readonly startTime: string;
  /** Hash of its command line as the kernel reports it, salted with its start time. */
  readonly command: string;
}

/** One living process. */
export interface ProcessStatus {
  readonly pid: number;
  readonly group: number;
  readonly session: number;
  readonly startTime: string;
}

/** 128 bits: long enough that no two commands meet. */
const HASH_CHARS = 32;

/** Read one process; nothing when there is none, or only a zombie. Never throws. **Source** proc(5), `/proc/pid/stat`. */
export function readStatus(pid: number): ProcessStatus | undefined {
  try {
    // As UTF-8, whatever it is: Node reads that in one call, and nothing of the name is looked at.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field is the name in parentheses and may hold anything, so the fields are read from its end on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, , group, session] = fields;
    const startTime = fields[19];
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
    return { pid, group: Number(group), session: Number(session), startTime };
  } catch {
    return undefined;
  }
}

/**
 * Identify a process; nothing when there is none or it shows no command line. Never throws.
 *
 * A program that executes another, or changes its title, keeps its pid and start time and gets another command.
 */
export function identify(pid: number): (ProcessIdentity & ProcessStatus) | undefined {
  const status = readStatus(pid);
  if (status === undefined) return undefined;
  try {
    // As UTF-8, like the status: what is none of it is the same each time.
    const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    if (line.length === 0) return undefined;
    const command = hash('sha256', `${status.startTime}\0${line}`, 'hex').slice(0, HASH_CHARS);
    return { ...status, command };
  } catch {
    return undefined;
  }
}

/** The numbers of all processes. Walks `/proc`, which takes milliseconds on a busy host. Never throws. */
export function listPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** The children of a process, as far as the kernel tells. Never throws. */
export function listChildren(pid: number): number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const texts = tasks.map((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8'));
    return texts
      .join(' ')
      .split(' ')
      .map(Number)
      .filter((child) => child > 0);
  } catch {
    return [];
  }
}

/**
 * Where process numbers mean what they mean here: this start of this system, and this pid namespace. A directory may be
 * shared by containers and machines. Nothing where there is no `/proc`.
 */
export function readPlace(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}
