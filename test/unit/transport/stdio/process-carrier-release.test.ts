import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findLeaks, takeStock } from '../../../../src/testing/leaks/stock.ts';
import { alive, freeze, groupMembers, waitGone } from '../../../../src/testing/processes.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';
import { ManualClock } from './manual-clock.ts';
import { openPuppet, PUPPET, type Puppet, puppetCarrier } from './puppet.ts';

const STUBBORN = ['--ignore-eof', '--ignore-term'];
const NODE = process.execPath;

const hasPerl = spawnSync('perl', ['-e', '1']).status === 0;

watchForLeaks();

/** A puppet behind a launcher that stays: the launcher leads the group, the server does not. */
async function wrappedPuppet(flags: readonly string[]): Promise<{ puppet: Puppet; server: number }> {
  const script = `"${NODE}" "${PUPPET}" ${flags.join(' ')}; true`;
  const puppet = await openPuppet({ config: { command: 'sh', args: ['-c', script] } });
  const { pid } = await puppet.ask('pid');
  expect(pid).not.toBe(puppet.pid);
  return { puppet, server: pid as number };
}

async function expectGone(puppet: Puppet, ...others: number[]): Promise<void> {
  expect([puppet.pid, ...others].filter(alive)).toEqual([]);
  expect(groupMembers(puppet.pid)).toEqual([]);
}

describe('release of a process carrier', () => {
  it('lets a server leave at the end of its stdin, unsignalled', async () => {
    const puppet = await openPuppet({ config: { stdinGraceMs: 10_000 } });
    await puppet.ask('echo');
    await puppet.carrier.release();
    await expectGone(puppet);
    expect(puppet.faults).toEqual([{ kind: 'process-exited', exitCode: 0, signal: null, stderr: [] }]);
  });

  it('ends a server that ignores the end of stdin with SIGTERM', async () => {
    const puppet = await openPuppet({ flags: ['--ignore-eof'], config: { termGraceMs: 10_000 } });
    await puppet.ask('echo');
    await puppet.carrier.release();
    await expectGone(puppet);
    expect(puppet.faults[0]).toMatchObject({ signal: 'SIGTERM' });
  });

  it('ends a server that ignores SIGTERM too with SIGKILL', async () => {
    const puppet = await openPuppet({ flags: STUBBORN });
    await puppet.ask('echo');
    await puppet.carrier.release();
    await expectGone(puppet);
    expect(puppet.faults[0]).toMatchObject({ signal: 'SIGKILL' });
  });

  it('ends a stubborn server behind a launcher', async () => {
    const { puppet, server } = await wrappedPuppet(STUBBORN);
    await puppet.carrier.release();
    await expectGone(puppet, server);
  });

  it('ends a server whose launcher was killed', async () => {
    const { puppet, server } = await wrappedPuppet(STUBBORN);
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    expect(alive(server)).toBe(true);
    await puppet.carrier.release();
    await expectGone(puppet, server);
  });

  it('ends a grandchild that holds the pipes and ignores SIGTERM', async () => {
    const puppet = await openPuppet();
    const { pid } = await puppet.ask('grandchild', { chatty: true });
    await puppet.carrier.release();
    await expectGone(puppet, pid as number);
  });

  it('ends a stopped server, with SIGTERM when it obeys that', async () => {
    const puppet = await openPuppet({ config: { termGraceMs: 10_000 } });
    await puppet.ask('echo');
    await freeze(puppet.pid);
    await puppet.carrier.release();
    await expectGone(puppet);
    expect(puppet.faults[0]).toMatchObject({ signal: 'SIGTERM' });
  });

  it('ends a stopped and stubborn server with much unread in front of the end of its stdin', async () => {
    const puppet = await openPuppet({ flags: STUBBORN });
    await puppet.ask('echo');
    await freeze(puppet.pid);
    const sent = puppet.tell('echo', { text: 'x'.repeat(5_000_000) });
    const failed = expect(sent).rejects.toMatchObject({ outcome: 'unknown' });
    await puppet.carrier.release();
    await failed;
    await expectGone(puppet);
  });

  it('ends a server that floods stdout after the transport was closed', async () => {
    const puppet = await openPuppet({ config: { limits: { maxMessageBytes: 1_000 } } });
    void puppet.tell('endless');
    await puppet.closed;
    await puppet.transport.close();
    await puppet.carrier.release();
    await expectGone(puppet);
  });

  it('leaves no process, pipe, handle, timer or listener when it resolves', async () => {
    const before = takeStock();
    const puppet = await openPuppet({ flags: STUBBORN });
    await puppet.ask('grandchild');
    expect(takeStock()).not.toEqual(before);
    await puppet.carrier.release();
    await expect(findLeaks(before, 0)).resolves.toEqual([]);
  });

  it('leaves nothing of a server that died with its pipes held by a grandchild', async () => {
    const before = takeStock();
    const puppet = await openPuppet();
    await puppet.ask('grandchild');
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.carrier.release();
    await expect(findLeaks(before, 0)).resolves.toEqual([]);
    expect(puppet.order).toEqual(['open', 'message', 'fault', 'close']);
  });

  it('lets go of pipes that a process out of its reach holds open', async () => {
    const puppet = await openPuppet();
    const { pid: escaped } = (await puppet.ask('grandchild', { escaped: true })) as { pid: number };
    const before = takeStock();
    await puppet.carrier.release();
    const pipes = [...takeStock().keys()].filter((name) => /socket|Pipe/.test(name));
    expect(pipes.length).toBeLessThan([...before.keys()].filter((name) => /socket|Pipe/.test(name)).length);
    process.kill(escaped, 'SIGKILL');
    await waitGone(escaped);
  });

  it.skipIf(process.platform !== 'linux' || !hasPerl)('waits for no zombie that nobody reaps', async () => {
    // The clock stands still: whatever would wait for the zombie would wait for ever.
    const puppet = await openPuppet({ clock: new ManualClock() });
    const { keeper, zombie } = (await puppet.ask('zombie')) as { keeper: number; zombie: number };
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    expect(readFileSync(`/proc/${zombie}/stat`, 'utf8')).toContain(`) Z ${keeper} ${puppet.pid} `);
    await puppet.carrier.release();
    process.kill(keeper, 'SIGKILL');
    await waitGone(keeper);
  });

  it('resolves before start, which then rejects and runs nothing', async () => {
    const carrier = puppetCarrier();
    await carrier.release();
    await expect(carrier.start(new AbortController().signal)).rejects.toMatchObject({ fault: { kind: 'closed' } });
    expect(carrier.details.pid).toBeUndefined();
  });

  it('resolves during start, in both halves of it, and leaves no process', async () => {
    const looking = puppetCarrier({ config: { cwd: '/' } });
    const spawning = puppetCarrier();
    const started = [looking, spawning].map((carrier) => carrier.start(new AbortController().signal));
    const rejected = started.map((start) => expect(start).rejects.toMatchObject({ fault: { kind: 'closed' } }));
    const pid = spawning.details.pid ?? Number.NaN;
    await Promise.all([looking.release(), spawning.release()]);
    await Promise.all(rejected);
    expect(looking.details.pid).toBeUndefined();
    expect(alive(pid)).toBe(false);
  });

  it('resolves after a start that failed', async () => {
    const carrier = puppetCarrier({ config: { command: 'no-such-command' } });
    await expect(carrier.start(new AbortController().signal)).rejects.toThrow();
    await expect(carrier.release()).resolves.toBeUndefined();
  });

  it('resolves without a transport, and with one that was never started', async () => {
    const carriers = [puppetCarrier({ flags: ['--greet'] }), puppetCarrier({ flags: ['--greet'] })];
    await Promise.all(carriers.map((carrier) => carrier.start(new AbortController().signal)));
    carriers[0]?.createTransport();
    const pids = carriers.map((carrier) => carrier.details.pid ?? Number.NaN);
    await Promise.all(carriers.map((carrier) => carrier.release()));
    expect(pids.filter(alive)).toEqual([]);
  });

  it('is one promise, also after the death of the process', async () => {
    const puppet = await openPuppet();
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    const released = puppet.carrier.release();
    expect(puppet.carrier.release()).toBe(released);
    await released;
    expect(puppet.carrier.release()).toBe(released);
  });
});

describe('destroy of a process carrier', () => {
  it('ends the whole group at once, and the release under way with it', async () => {
    const { puppet, server } = await wrappedPuppet(STUBBORN);
    const released = puppet.carrier.release();
    puppet.carrier.destroy();
    puppet.carrier.destroy();
    await released;
    await expectGone(puppet, server);
    expect(puppet.faults[0]).toMatchObject({ signal: 'SIGKILL' });
  });

  it('before start keeps anything from running', async () => {
    const carrier = puppetCarrier();
    carrier.destroy();
    await expect(carrier.start(new AbortController().signal)).rejects.toMatchObject({ fault: { kind: 'closed' } });
    expect(carrier.details.pid).toBeUndefined();
  });

  it('leaves nothing behind without a release', async () => {
    const before = takeStock();
    const puppet = await openPuppet({ flags: STUBBORN });
    await puppet.ask('echo');
    puppet.carrier.destroy();
    await puppet.closed;
    await expect(findLeaks(before)).resolves.toEqual([]);
  });
});
