/** Directories for ledgers, processes that could be named in them, and ledgers of hosts that are dead. */

import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../../src/clock.ts';
import type { ProcessReport } from '../../../../../src/transport/process-report.ts';
import { type Heir, inheritLedgers } from '../../../../../src/transport/stdio/ledger/inheritance.ts';
import { formatPage, type LedgerEntry, pageName } from '../../../../../src/transport/stdio/ledger/page.ts';
import { identify, readPlace, readStatus } from '../../../../../src/transport/stdio/process-identity.ts';

export const PLACE = readPlace() ?? '';

/** A private directory, removed with the test. */
export function ledgerDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'mcp-supervisor-ledger-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** A process that runs until the test is over; by default it leads a session of its own, as servers do. */
export async function startSleeper({ detached = true, code = '' } = {}): Promise<number> {
  const program = `${code}; process.send('ready'); setInterval(() => {}, 1_000);`;
  const child = spawn(process.execPath, ['-e', program], { detached, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await new Promise((resolve) => child.once('message', resolve));
  child.disconnect();
  return child.pid ?? Number.NaN;
}

/** The entry that a host would have written for a group. */
export function entryOf(...pids: [number, ...number[]]): LedgerEntry {
  const processes = pids.map((pid) => {
    const found = identify(pid);
    if (found === undefined) throw new Error(`there is no process ${pid}`);
    return { pid, startTime: found.startTime, command: found.command };
  });
  return { group: pids[0], processes };
}

/** Put a ledger of a dead host into a directory: this process' number, with another start. Returns its path. */
export function leaveLedger(directory: string, entries: readonly LedgerEntry[], place = PLACE): string {
  return leaveText(directory, formatPage({ place, entries }));
}

/** Put a text where a ledger of a dead host would be. */
export function leaveText(directory: string, text: string, suffix = ''): string {
  const path = join(directory, pageName({ pid: process.pid, startTime: '1' }, randomUUID()) + suffix);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/** Inherit what is in a directory, and resolve with what was told. */
export async function inherit(directory: string, more: Partial<Heir> = {}): Promise<ProcessReport[]> {
  const reports: ProcessReport[] = [];
  const self = readStatus(process.pid);
  if (self === undefined) throw new Error('there is no /proc');
  const report = (told: ProcessReport): void => void reports.push(told);
  await inheritLedgers({ directory, place: PLACE, self, unique: randomUUID, clock: systemClock, report, ...more });
  return reports;
}
