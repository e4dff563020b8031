import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { alive, freeze, waitGone } from '../../../../../src/testing/processes.ts';
import { listChildren, readStatus } from '../../../../../src/transport/stdio/process-identity.ts';
import { watchForLeaks } from '../../../../ground/leaks.ts';
import { entryOf, inherit, leaveLedger, leaveText, ledgerDirectory, PLACE, startSleeper } from './ground.ts';

watchForLeaks();

const SELF_REAPER = fileURLToPath(new URL('../../../../fixtures/processes/self-reaper.ts', import.meta.url));
const hasPerl = spawnSync('perl', ['-e', '1']).status === 0;
const DEAF = "process.on('SIGTERM', () => {})";

describe.runIf(process.platform === 'linux')('inheritance of a dead host', () => {
  it('ends what is as its ledger says, and removes the ledger', async () => {
    const directory = ledgerDirectory();
    const pid = await startSleeper();
    leaveLedger(directory, [entryOf(pid)]);
    expect(await inherit(directory)).toEqual([
      expect.objectContaining({ type: 'process.reaped', pid, signal: 'SIGTERM' }),
    ]);
    expect(alive(pid)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('ends what ignores SIGTERM, or stands still, with what obeys', async () => {
    const directory = ledgerDirectory();
    const [deaf, frozen] = [await startSleeper({ code: DEAF }), await startSleeper()];
    await freeze(frozen);
    leaveLedger(directory, [entryOf(deaf), entryOf(frozen)]);
    const reports = await inherit(directory);
    expect(reports).toHaveLength(2);
    expect(reports).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ pid: deaf, signal: 'SIGKILL' }),
        expect.objectContaining({ pid: frozen, signal: 'SIGTERM' }),
      ]),
    );
    expect([deaf, frozen].filter(alive)).toEqual([]);
  });

  it.each([
    ['start time', { startTime: '1' }],
    ['command', { command: '0'.repeat(32) }],
    ['number', { pid: process.pid }],
  ])('spares a process with another %s', async (_what, forged) => {
    const directory = ledgerDirectory();
    const pid = await startSleeper();
    const { group, processes } = entryOf(pid);
    leaveLedger(directory, [{ group, processes: processes.map((named) => ({ ...named, ...forged })) }]);
    expect(await inherit(directory)).toEqual([]);
    expect(alive(pid)).toBe(true);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('spares an innocent process that a forged entry names exactly, with a group it does not lead', async () => {
    const directory = ledgerDirectory();
    const innocent = await startSleeper({ detached: false });
    const other = await startSleeper();
    const exact = entryOf(innocent);
    leaveLedger(directory, [exact, { ...exact, group: process.pid }, { ...exact, group: other }]);
    expect(await inherit(directory)).toEqual([]);
    expect([innocent, other].filter((pid) => !alive(pid))).toEqual([]);
  });

  it.skipIf(!hasPerl)('spares a job of a shell: it leads a group, but no session, as our servers do', async () => {
    const directory = ledgerDirectory();
    const job = spawn('perl', ['-e', 'setpgrp(0, 0); $| = 1; print "ready\\n"; sleep 60;']);
    onTestFinished(() => void job.kill('SIGKILL'));
    await once(job.stdout, 'data');
    const pid = job.pid ?? Number.NaN;
    expect(readStatus(pid)).toMatchObject({ group: pid });
    leaveLedger(directory, [entryOf(pid)]);
    expect(await inherit(directory)).toEqual([]);
    expect(alive(pid)).toBe(true);
  });

  it('spares the group of the host itself', async () => {
    const host = spawn(process.execPath, ['--import', 'tsx', SELF_REAPER], { detached: true });
    const [text] = await Promise.all([once(host.stdout, 'data').then(String), once(host, 'close')]);
    expect(JSON.parse(text)).toEqual({ kind: 'strange' });
    expect(host.exitCode).toBe(0);
  });

  it('goes to one of two heirs', async () => {
    const directory = ledgerDirectory();
    const pid = await startSleeper({ code: DEAF });
    leaveLedger(directory, [entryOf(pid)]);
    const reports = await Promise.all([inherit(directory), inherit(directory)]);
    expect(reports.flat()).toEqual([expect.objectContaining({ pid, signal: 'SIGKILL' })]);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('harms no other ledger with one that is garbled, which is told and removed', async () => {
    const directory = ledgerDirectory();
    const pid = await startSleeper();
    leaveText(directory, '{"version":1,"place":');
    leaveText(directory, 'x'.repeat(1024 * 1024 + 1));
    leaveLedger(directory, [entryOf(pid)]);
    const reports = await inherit(directory);
    expect(reports).toHaveLength(3);
    expect(reports.filter(({ type }) => type === 'ledger.failed')).toEqual([
      expect.objectContaining({ operation: 'read', reason: 'GARBLED' }),
      expect.objectContaining({ operation: 'read', reason: 'GARBLED' }),
    ]);
    expect(alive(pid)).toBe(false);
    expect(readdirSync(directory)).toEqual([]);
  });

  it('believes no ledger and no directory that somebody else could have written', async () => {
    const directory = ledgerDirectory();
    const pid = await startSleeper();
    const open = leaveLedger(directory, [entryOf(pid)]);
    chmodSync(open, 0o622);
    expect(await inherit(directory)).toEqual([expect.objectContaining({ operation: 'read', reason: 'NOT_PRIVATE' })]);
    chmodSync(open, 0o600);
    chmodSync(directory, 0o777);
    expect(await inherit(directory)).toEqual([expect.objectContaining({ operation: 'read', reason: 'NOT_PRIVATE' })]);
    expect(alive(pid)).toBe(true);
  });

  it('follows no link', async () => {
    const [directory, elsewhere] = [ledgerDirectory(), ledgerDirectory()];
    const pid = await startSleeper();
    const target = leaveLedger(elsewhere, [entryOf(pid)]);
    symlinkSync(target, join(directory, target.slice(elsewhere.length + 1)));
    expect(await inherit(directory)).toEqual([expect.objectContaining({ operation: 'read', reason: 'ELOOP' })]);
    expect(alive(pid)).toBe(true);
  });

  it('is not that of another boot, machine or container, until it is a month old', async () => {
    const directory = ledgerDirectory();
    const pid = await startSleeper();
    const path = leaveLedger(directory, [entryOf(pid)], `${PLACE} elsewhere`);
    expect(await inherit(directory)).toEqual([]);
    expect(existsSync(path)).toBe(true);
    utimesSync(path, 0, 0);
    expect(await inherit(directory)).toEqual([]);
    expect(existsSync(path)).toBe(false);
    expect(alive(pid)).toBe(true);
  });

  it('leaves alone what is no ledger, and a ledger that is being written elsewhere', async () => {
    const directory = ledgerDirectory();
    writeFileSync(join(directory, 'notes.jsonl'), 'mine');
    mkdirSync(join(directory, 'folder'));
    leaveText(directory, '{"ver', '.new');
    expect(await inherit(directory)).toEqual([]);
    expect(readdirSync(directory)).toHaveLength(3);
  });

  it('is nothing where there is no directory', async () => {
    expect(await inherit(join(ledgerDirectory(), 'none'))).toEqual([]);
  });

  it('ends a group by a member whose leader is gone', async () => {
    const directory = ledgerDirectory();
    const code = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })`;
    const leader = await startSleeper({ code });
    const [member = Number.NaN] = listChildren(leader);
    expect(readStatus(member)).toMatchObject({ group: leader, session: leader });
    const entry = entryOf(leader, member);
    process.kill(leader, 'SIGKILL');
    await waitGone(leader);
    leaveLedger(directory, [entry]);
    expect(await inherit(directory)).toEqual([expect.objectContaining({ pid: leader })]);
    expect(alive(member)).toBe(false);
  });
});
