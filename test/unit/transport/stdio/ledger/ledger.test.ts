import { on } from 'node:events';
import { closeSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findLeaks, takeStock } from '../../../../../src/testing/leaks/stock.ts';
import { alive, waitGone } from '../../../../../src/testing/processes.ts';
import { SimulatedClock } from '../../../../../src/testing/simulated-clock.ts';
import type { LedgerOptions, ProcessOwnership, ProcessReport } from '../../../../../src/transport/process-report.ts';
import { Ledger } from '../../../../../src/transport/stdio/ledger/ledger.ts';
import { type LedgerEntry, parsePage } from '../../../../../src/transport/stdio/ledger/page.ts';
import type { LedgerRecord } from '../../../../../src/transport/stdio/ledger/record.ts';
import { type ProcessStatus, readStatus } from '../../../../../src/transport/stdio/process-identity.ts';
import { watchForLeaks } from '../../../../ground/leaks.ts';
import { CANARY, openPuppet, PUPPET, puppetCarrier } from '../puppet.ts';
import { entryOf, leaveLedger, ledgerDirectory, PLACE, startSleeper } from './ground.ts';

watchForLeaks();

function owned(ledger: LedgerOptions | false): { processes: ProcessOwnership; reports: ProcessReport[] } {
  const reports: ProcessReport[] = [];
  return { processes: { handleSignals: true, ledger, report: (report) => void reports.push(report) }, reports };
}

function statusOf(pid: number): ProcessStatus {
  const status = readStatus(pid);
  if (status === undefined) throw new Error(`there is no process ${pid}`);
  return status;
}

function entriesIn(directory: string): readonly LedgerEntry[] {
  const names = readdirSync(directory).filter((name) => name.endsWith('.jsonl'));
  return names.flatMap((name) => {
    try {
      return parsePage(readFileSync(join(directory, name), 'utf8'))?.entries ?? [];
    } catch (error) {
      // Struck off between the two looks.
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
      throw error;
    }
  });
}

function linesIn(directory: string): string[] {
  return readdirSync(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'));
}

/** As a network file system does that has forgotten what was open. */
function closeBehindItsBack(directory: string): void {
  const open = readdirSync('/proc/self/fd').map(Number);
  closeSync(open.find((descriptor) => pathOf(descriptor).startsWith(directory)) ?? Number.NaN);
}

function pathOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return '';
  }
}

/** A ledger of its own, whose directory has not answered. */
function unopenedLedger() {
  const directory = ledgerDirectory();
  const clock = new SimulatedClock();
  const context = { clock, report: () => {} };
  return { ledger: new Ledger(directory, PLACE, statusOf(process.pid), clock), context, clock, directory };
}

/** A ledger of its own, whose directory has answered; `enter` resolves when the group is written down. */
async function openedLedger() {
  const opened = unopenedLedger();
  const { ledger, context, clock } = opened;
  await ledger.inherit(context);
  const enter = async (pid: number): Promise<LedgerRecord> => {
    const record = ledger.enter(pid, context);
    await clock.advance(6);
    await record.entered;
    return record;
  };
  return { ...opened, enter };
}

async function waitForEntries(directory: string, fits: (entries: readonly LedgerEntry[]) => boolean): Promise<void> {
  const watcher = watch(directory);
  try {
    const changes = on(watcher, 'change', { signal: AbortSignal.timeout(5_000) });
    while (!fits(entriesIn(directory))) await changes.next();
  } finally {
    watcher.close();
  }
}

describe.runIf(process.platform === 'linux')('ledger of this host', () => {
  it('is a file of this user alone that names the process, and is gone with it', async () => {
    const directory = join(ledgerDirectory(), 'state', 'mcp-supervisor');
    const { processes, reports } = owned({ directory });
    const puppet = await openPuppet({ processes });
    await puppet.ask('echo');
    await puppet.ask('echo');
    const [name = ''] = readdirSync(directory).filter((each) => each.endsWith('.jsonl'));
    expect(statSync(directory).mode & 0o777).toBe(0o700);
    expect(statSync(join(directory, name)).mode & 0o777).toBe(0o600);
    expect(entriesIn(directory)).toEqual([entryOf(puppet.pid)]);
    await puppet.carrier.release();
    expect(readdirSync(directory)).toEqual([]);
    expect(reports).toEqual([]);
  });

  it('holds no argument, no environment and no name of a server', async () => {
    const directory = ledgerDirectory();
    const { processes } = owned({ directory });
    const flags = [`--token=${CANARY}`];
    const puppet = await openPuppet({ flags, config: { name: `server-${CANARY}`, env: { TOKEN: CANARY } }, processes });
    await puppet.ask('echo');
    const texts = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8'));
    expect(texts.join('')).not.toMatch(new RegExp(`${CANARY}|puppet|${process.execPath}`));
    await puppet.carrier.release();
  });

  it('follows a program that executes another: the command is the one that runs now', async () => {
    const directory = ledgerDirectory();
    const { processes } = owned({ directory });
    const config = { command: 'sh', args: ['-c', `read start; exec "${process.execPath}" "${PUPPET}"`] };
    const carrier = puppetCarrier({ config, processes });
    await carrier.start(new AbortController().signal);
    const pid = carrier.details.pid ?? Number.NaN;
    await waitForEntries(directory, (entries) => entries.length === 1);
    const [asSpawned] = entriesIn(directory);
    const transport = carrier.createTransport();
    const replied = new Promise<void>((resolve) => {
      transport.onmessage = () => resolve();
    });
    await transport.start();
    await transport.send({ jsonrpc: '2.0', method: 'start' });
    await transport.send({ jsonrpc: '2.0', id: 1, method: 'echo' });
    await replied;
    await waitForEntries(directory, ([entry]) => entry?.processes[0]?.command !== asSpawned?.processes[0]?.command);
    expect(entriesIn(directory)).toEqual([entryOf(pid)]);
    await carrier.release();
  });

  it('names the server behind a launcher, and keeps to what is left of the group', async () => {
    const directory = ledgerDirectory();
    const { processes } = owned({ directory });
    const script = `"${process.execPath}" "${PUPPET}" --ignore-eof; true`;
    const puppet = await openPuppet({ config: { command: 'sh', args: ['-c', script] }, processes });
    const { pid: server } = (await puppet.ask('pid')) as { pid: number };
    await waitForEntries(directory, ([entry]) => entry?.processes.length === 2);
    expect(entriesIn(directory)).toEqual([entryOf(puppet.pid, server)]);
    await puppet.carrier.release();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is one file for all servers of the process', async () => {
    const directory = ledgerDirectory();
    const { processes } = owned({ directory });
    const puppets = await Promise.all([1, 2, 3].map(() => openPuppet({ processes: { ...processes } })));
    await waitForEntries(directory, (entries) => entries.length === 3);
    expect(readdirSync(directory).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
    await puppets[1]?.carrier.release();
    const left = [puppets[0]?.pid, puppets[2]?.pid];
    expect(entriesIn(directory).map(({ group }) => group)).toEqual(left);
    await Promise.all(puppets.map(({ carrier }) => carrier.release()));
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is added to for each server that comes or goes, and gone with the last', async () => {
    const { enter, directory } = await openedLedger();
    const pids = [await startSleeper(), await startSleeper()] as const;
    const [first, second] = [await enter(pids[0]), await enter(pids[1])];
    expect(entriesIn(directory)).toEqual(pids.map((pid) => entryOf(pid)));
    first.strike();
    first.strike();
    expect(entriesIn(directory)).toEqual([entryOf(pids[1])]);
    expect(linesIn(directory)).toHaveLength(4);
    second.strike();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('names together what is started within six milliseconds, unless that is gone by then', async () => {
    const { ledger, context, clock, directory } = await openedLedger();
    const pids = await Promise.all([startSleeper(), startSleeper(), startSleeper()]);
    const records = [ledger.enter(pids[0], context)];
    await clock.advance(5);
    records.push(ledger.enter(pids[1], context), ledger.enter(pids[2], context));
    records[2]?.strike();
    expect(readdirSync(directory)).toEqual([]);
    await clock.advance(1);
    await records[1]?.entered;
    expect(entriesIn(directory).map(({ group }) => group)).toEqual(pids.slice(0, 2));
    for (const record of records) record.strike();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is begun again when most of it is no longer true', async () => {
    const { enter, directory } = await openedLedger();
    const [staying, pid] = await Promise.all([startSleeper(), startSleeper()]);
    const record = await enter(staying);
    const sizes: number[] = [];
    for (let count = 0; count < 1_000; count += 1) {
      (await enter(pid)).strike();
      sizes.push(linesIn(directory).join('\n').length);
    }
    expect(Math.max(...sizes)).toBeGreaterThan(64 * 1_024);
    expect(Math.max(...sizes)).toBeLessThan(70 * 1_024);
    expect(entriesIn(directory)).toEqual([entryOf(staying)]);
    record.strike();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is begun again when somebody took it away, a second after the next server speaks', async () => {
    const { enter, clock, directory } = await openedLedger();
    const [first, second] = await Promise.all([startSleeper(), startSleeper()]);
    const records = [await enter(first)];
    rmSync(directory, { recursive: true });
    records.push(await enter(second));
    records[1]?.refresh();
    await clock.advance(1_000);
    expect(entriesIn(directory)).toEqual([entryOf(first), entryOf(second)]);
    for (const record of records) record.strike();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('is begun again when its file cannot be looked at any more', async () => {
    const { enter, clock, directory } = await openedLedger();
    const [first, second] = await Promise.all([startSleeper(), startSleeper()]);
    const records = [await enter(first)];
    closeBehindItsBack(directory);
    records[0]?.refresh();
    await clock.advance(1_000);
    records.push(await enter(second));
    expect(entriesIn(directory)).toEqual([entryOf(first), entryOf(second)]);
    for (const record of records) record.strike();
    expect(readdirSync(directory)).toEqual([]);
  });

  it('touches no file system that has not answered yet, and says everything once it has', async () => {
    const { ledger, context, clock, directory } = unopenedLedger();
    const pid = await startSleeper();
    const record = ledger.enter(pid, context);
    await clock.advance(6);
    await record.entered;
    expect(readdirSync(directory)).toEqual([]);
    await ledger.inherit(context);
    expect(entriesIn(directory)).toEqual([entryOf(pid)]);
    record.strike();
  });

  it('is rid of a process that was destroyed, once that is gone', async () => {
    const directory = ledgerDirectory();
    const { processes } = owned({ directory });
    const puppet = await openPuppet({ flags: ['--ignore-eof'], processes });
    await puppet.ask('echo');
    puppet.carrier.destroy();
    await waitForEntries(directory, (entries) => entries.length === 0);
    await waitGone(puppet.pid);
  });

  it('has what dead hosts left ended before the first process is spawned, and only then', async () => {
    const directory = ledgerDirectory();
    const { processes, reports } = owned({ directory });
    const [first, second] = [await startSleeper(), await startSleeper()];
    leaveLedger(directory, [entryOf(first)]);
    const puppet = await openPuppet({ processes });
    expect(alive(first)).toBe(false);
    expect(reports).toEqual([expect.objectContaining({ type: 'process.reaped', pid: first })]);
    leaveLedger(directory, [entryOf(second)]);
    const another = await openPuppet({ processes });
    expect(alive(second)).toBe(true);
    await Promise.all([puppet, another].map(({ carrier }) => carrier.release()));
  });

  it('harms nothing when it cannot be written, and tells of it once', async () => {
    const file = join(ledgerDirectory(), 'file');
    writeFileSync(file, '');
    const { processes, reports } = owned({ directory: join(file, 'below') });
    const before = takeStock();
    const puppets = await Promise.all([1, 2].map(() => openPuppet({ processes })));
    for (const puppet of puppets) await puppet.ask('echo');
    await Promise.all(puppets.map(({ carrier }) => carrier.release()));
    expect(reports).toEqual([
      expect.objectContaining({ type: 'ledger.failed', operation: 'read', reason: 'ENOTDIR' }),
      expect.objectContaining({ type: 'ledger.failed', operation: 'write', reason: 'ENOTDIR' }),
    ]);
    await expect(findLeaks(before, 0)).resolves.toEqual([]);
  });

  it('leaves nothing behind in this process when the last server is released', async () => {
    const directory = ledgerDirectory();
    const before = takeStock();
    const puppet = await openPuppet({ processes: owned({ directory }).processes });
    await puppet.ask('echo');
    await puppet.carrier.release();
    await expect(findLeaks(before, 0)).resolves.toEqual([]);
  });
});
