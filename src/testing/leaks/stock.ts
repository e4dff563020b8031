/**
 * Finds what was left behind: processes, sockets and pipes, handles, timers, listeners on `process`. Takes stock
 * before, compares after, and gives what is on its way out a bounded grace. Polls, as nothing tells when the whole of a
 * process has come to rest.
 */

import type { ChildProcess } from 'node:child_process';
import diagnostics from 'node:diagnostics_channel';
import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { commandLine, descendants, groupMembers, type ProcessRow, processTable } from '../processes.ts';
import { openDescriptors } from './descriptors.ts';
import { pendingTimers, watchTimers } from './timers.ts';

/** What there is at one moment, each thing under a name that counts how often it is there. */
export type Stock = ReadonlyMap<string, number>;

const GRACE_MS = 3_000;
const TURNS = 5;
const POLL_MS = 10;

// Each process started here, kept so that the group it founded is found after its own end.
const started = new Set<ChildProcess>();
let recording = false;

/** Take stock of this process and of all it started since the first call. */
export function takeStock(): Stock {
  if (!recording) {
    recording = true;
    diagnostics.subscribe('child_process', (message) => started.add((message as { process: ChildProcess }).process));
    watchTimers();
  }
  const stock = new Map<string, number>();
  const add = (name: string): void => void stock.set(name, (stock.get(name) ?? 0) + 1);
  for (const row of ourProcesses()) add(`process ${row.pid}: ${commandLine(row.pid)}`);
  for (const descriptor of openDescriptors()) add(descriptor);
  for (const handle of process.getActiveResourcesInfo()) add(`handle ${handle}`);
  for (const { place, delayMs } of pendingTimers()) add(`timer of ${delayMs} ms set at ${place}`);
  for (const event of process.eventNames()) {
    for (let count = process.listenerCount(event); count > 0; count -= 1) add(`listener on process '${String(event)}'`);
  }
  return stock;
}

/**
 * Name what is there now and was not there before. Resolves at once when there is nothing.
 *
 * **Units** `graceMs` in milliseconds: how long things may take to finish closing.
 * **Errors** never rejects.
 */
export async function findLeaks(before: Stock, graceMs = GRACE_MS): Promise<string[]> {
  for (let turn = 0; turn < TURNS; turn += 1) {
    if (surplus(before, takeStock()).length === 0) return [];
    await nextTurn();
  }
  const deadlineMs = performance.now() + graceMs;
  while (performance.now() < deadlineMs) {
    await wait(POLL_MS);
    if (surplus(before, takeStock()).length === 0) return [];
  }
  return surplus(before, takeStock());
}

/** What both have. */
export function lesser(one: Stock, other: Stock): Stock {
  return new Map([...one].map(([name, count]) => [name, Math.min(count, other.get(name) ?? 0)]));
}

function surplus(before: Stock, now: Stock): string[] {
  const leaks: string[] = [];
  for (const [name, count] of now) {
    const extra = count - (before.get(name) ?? 0);
    if (extra > 0) leaks.push(extra === 1 ? name : `${name} (${extra} times)`);
  }
  return leaks;
}

function ourProcesses(): ProcessRow[] {
  const table = processTable();
  const rows = new Map(descendants(process.pid, table).map((row) => [row.pid, row]));
  for (const child of started) {
    if (child.pid === undefined) continue;
    for (const row of groupMembers(child.pid, table)) rows.set(row.pid, row);
  }
  return [...rows.values()];
}
