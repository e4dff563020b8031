/**
 * What the system knows about processes, read from `/proc` (Linux). A zombie counts as gone: it holds
 * nothing, and only its parent can remove it. Never starts a process.
 */

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/** One line of the process table. */
export interface ProcessRow {
  readonly pid: number;
  readonly parentPid: number;
  readonly groupId: number;
  /** `R`unning, `S`leeping, `T` stopped, `Z`ombie, … as in proc(5). */
  readonly state: string;
}

const POLL_MS = 10;
const COMMAND_CHARACTERS = 160;

/** Read the process table, zombies left out. Empty where there is no `/proc`. */
export function processTable(): ProcessRow[] {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return [];
  }
  const rows = names.filter((name) => /^\d+$/.test(name)).map((name) => processRow(Number(name)));
  return rows.filter((row) => row !== undefined);
}

/** Read one process; `undefined` when it is gone or a zombie. */
export function processRow(pid: number): ProcessRow | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The name stands in parentheses and may hold anything, a parenthesis too.
  const [state = '', parent, group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  return { pid, parentPid: Number(parent), groupId: Number(group), state };
}

/** Whether a process runs, sleeps or is frozen; `false` for a zombie. */
export function alive(pid: number): boolean {
  return processRow(pid) !== undefined;
}

/** The command line of a process, cut short; empty when it is gone. */
export function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim().slice(0, COMMAND_CHARACTERS);
  } catch {
    return '';
  }
}

/** List all living descendants of a process, nearest first. */
export function descendants(pid: number, table: readonly ProcessRow[] = processTable()): ProcessRow[] {
  const found: ProcessRow[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const children = table.filter((row) => parents.has(row.parentPid));
    found.push(...children);
    parents = new Set(children.map((row) => row.pid));
  }
  return found;
}

/** List the living members of a process group; a group outlives the process that founded it. */
export function groupMembers(groupId: number, table: readonly ProcessRow[] = processTable()): ProcessRow[] {
  return table.filter((row) => row.groupId === groupId);
}

/**
 * Wait until a process is gone.
 *
 * **Units** `timeoutMs` in milliseconds.
 * **Errors** rejects when it is still there then.
 */
export async function waitGone(pid: number, timeoutMs = 5_000): Promise<void> {
  await waitUntil(() => !alive(pid), timeoutMs, `process ${pid} is still alive`);
}

/** Wait until a process group has no living member. Rejects after `timeoutMs`. */
export async function waitGroupGone(groupId: number, timeoutMs = 5_000): Promise<void> {
  await waitUntil(() => groupMembers(groupId).length === 0, timeoutMs, `process group ${groupId} is still alive`);
}

/** Freeze a process: it lives, keeps its pipes and sockets, and does nothing. Resolves when it stands still. */
export async function freeze(pid: number): Promise<void> {
  process.kill(pid, 'SIGSTOP');
  await waitUntil(() => processRow(pid)?.state === 'T', 5_000, `process ${pid} was not frozen`);
}

/** Let a frozen process go on. */
export function thaw(pid: number): void {
  process.kill(pid, 'SIGCONT');
}

/** The system sends no event for a process that is not our child, so this one place polls. */
async function waitUntil(condition: () => boolean, timeoutMs: number, otherwise: string): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadlineMs) throw new Error(`${otherwise} after ${timeoutMs} ms`);
    await wait(POLL_MS);
  }
}
