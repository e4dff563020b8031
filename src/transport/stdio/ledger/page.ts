/**
 * The form of a ledger: what stands in one file, and what its name says. A line says where its numbers mean anything;
 * each one after it says what a group is from then on, or that it is gone. It is plain data without arguments,
 * environment or names of servers; whatever does not have this form exactly is no ledger.
 */

import { isRecord } from '../../../config/record.ts';
import type { ProcessIdentity, ProcessStatus } from '../process-identity.ts';

/** One process group, by processes that were seen in it. */
export interface LedgerEntry {
  readonly group: number;
  readonly processes: readonly ProcessIdentity[];
}

/** What a file comes to. */
export interface LedgerPage {
  /** Where its numbers mean anything, as `readPlace` says it. */
  readonly place: string;
  readonly entries: readonly LedgerEntry[];
}

/** Largest file that is read. */
export const PAGE_BYTES = 1024 * 1024;

const VERSION = 2;
const NAME = /^([1-9]\d{0,9})-(\d{1,20})-[0-9a-f-]{36}\.jsonl(\.new)?$/;
const START_TIME = /^\d{1,20}$/;
const COMMAND = /^[0-9a-f]{32}$/;

/** Name a ledger by its owner, so that it changes hands by one rename. `unique` is a UUID. */
export function pageName({ pid, startTime }: Pick<ProcessStatus, 'pid' | 'startTime'>, unique: string): string {
  return `${pid}-${startTime}-${unique}.jsonl`;
}

/** Who owns the ledger of that name; nothing when it is not the name of a ledger. */
export function pageOwner(name: string): { pid: number; startTime: string; isTorn: boolean } | undefined {
  const [, pid, startTime, torn] = NAME.exec(name) ?? [];
  if (pid === undefined || startTime === undefined) return undefined;
  return { pid: Number(pid), startTime, isTorn: torn !== undefined };
}

/** Write down a whole file. */
export function formatPage({ place, entries }: LedgerPage): string {
  return `${JSON.stringify({ version: VERSION, place })}\n${entries.map(formatEntry).join('')}`;
}

/** Write down what a group is from now on. */
export function formatEntry({ group, processes }: LedgerEntry): string {
  const named = processes.map(({ pid, startTime, command }) => ({ pid, startTime, command }));
  return `${JSON.stringify({ group, processes: named })}\n`;
}

/** Write down that a group is gone. */
export function formatGone(group: number): string {
  return `${JSON.stringify({ gone: group })}\n`;
}

/** Read a file; nothing when the text is none. What comes after the last end of a line was cut off. Never throws. */
export function parsePage(text: string): LedgerPage | undefined {
  const [first = '', ...rest] = text.split('\n').slice(0, -1);
  const head = parseLine(first);
  if (!isRecord(head) || head.version !== VERSION || typeof head.place !== 'string') return undefined;
  const entries = new Map<number, LedgerEntry>();
  for (const line of rest) {
    const value = parseLine(line);
    if (isEntry(value)) entries.set(value.group, value);
    else if (isRecord(value) && isPid(value.gone)) entries.delete(value.gone);
    else return undefined;
  }
  return { place: head.place, entries: [...entries.values()] };
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (!isRecord(value) || !isPid(value.group)) return false;
  return Array.isArray(value.processes) && value.processes.every(isIdentity);
}

function isIdentity(value: unknown): value is ProcessIdentity {
  return isRecord(value) && isPid(value.pid) && matches(START_TIME, value.startTime) && matches(COMMAND, value.command);
}

/** Above 1: as the target of a signal, 0, 1 and -1 mean our own group, all there are, or init. */
function isPid(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 1;
}

function matches(pattern: RegExp, value: unknown): boolean {
  return typeof value === 'string' && pattern.test(value);
}
