import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { DEFAULTS } from '../../../../src/config/defaults.ts';
import type { FaultError } from '../../../../src/fault.ts';
import { freeze, thaw } from '../../../../src/testing/processes.ts';
import { Outbox } from '../../../../src/transport/stdio/outbox.ts';
import { ManualClock } from './manual-clock.ts';
import { openPuppet, type Puppet } from './puppet.ts';

/** More than the system keeps for a process that reads nothing. */
const MEGABYTE = 'm'.repeat(1_000_000);

async function frozenPuppet(): Promise<{ puppet: Puppet; clock: ManualClock }> {
  const clock = new ManualClock();
  const puppet = await openPuppet({ clock });
  await puppet.ask('echo');
  await freeze(puppet.pid);
  return { puppet, clock };
}

/** The ladder waits on the clock of the carrier, which stands still. */
async function releaseFrozen({ carrier }: Puppet): Promise<void> {
  carrier.destroy();
  await carrier.release();
}

async function settled(sent: Promise<void>): Promise<unknown> {
  return sent.then(
    () => 'sent',
    (error: FaultError) => `${error.fault.kind} ${error.outcome}`,
  );
}

describe('writes to a server that does not read', () => {
  it('go on in order when it reads again', async () => {
    const { puppet, clock } = await frozenPuppet();
    const answers = [1, 2, 3, 4].map((number) => puppet.ask('size', { number, text: MEGABYTE }));
    expect(clock.pendingCount).toBe(1);
    thaw(puppet.pid);
    await expect(Promise.all(answers)).resolves.toEqual(Array(4).fill({ chars: 1_000_000 }));
    expect(puppet.messages.map((message) => 'id' in message && message.id)).toEqual([1, 2, 3, 4, 5]);
    expect(clock.pendingCount).toBe(0);
    await releaseFrozen(puppet);
  });

  it('end with write-stalled when one waits too long: the first may have left, the next have not', async () => {
    const { puppet, clock } = await frozenPuppet();
    const sent = [puppet.tell('size', { text: MEGABYTE }), puppet.tell('echo'), puppet.tell('echo')].map(settled);
    clock.elapse(DEFAULTS.writeTimeoutMs - 1);
    expect(puppet.order).toEqual(['open', 'message']);
    clock.elapse(1);
    expect(puppet.order).toEqual(['open', 'message', 'fault', 'close']);
    expect(puppet.faults).toEqual([{ kind: 'write-stalled', queuedBytes: expect.any(Number) }]);
    await expect(Promise.all(sent)).resolves.toEqual([
      'write-stalled unknown',
      'write-stalled not-sent',
      'write-stalled not-sent',
    ]);
    expect(clock.pendingCount).toBe(0);
    await releaseFrozen(puppet);
  });

  it('are refused above the queue limit, which ends nothing', async () => {
    const { puppet } = await frozenPuppet();
    const answers = Array.from({ length: 20 }, () => puppet.ask('size', { text: MEGABYTE }));
    const outcomes = await Promise.all(answers.slice(16).map((answer) => answer.then(String, (error) => error)));
    expect(outcomes.every((error) => error.fault.kind === 'write-stalled' && error.outcome === 'not-sent')).toBe(true);
    expect(puppet.faults).toEqual([]);
    thaw(puppet.pid);
    const passed = await Promise.allSettled(answers);
    expect(passed.filter((answer) => answer.status === 'fulfilled').length).toBeGreaterThanOrEqual(15);
    await releaseFrozen(puppet);
  });

  it('may be one line larger than the queue limit', async () => {
    const { puppet } = await frozenPuppet();
    const text = 'x'.repeat(DEFAULTS.maxQueuedBytes + 1);
    const answer = puppet.ask('size', { text });
    await expect(settled(puppet.tell('echo'))).resolves.toBe('write-stalled not-sent');
    thaw(puppet.pid);
    await expect(answer).resolves.toEqual({ chars: text.length });
    await releaseFrozen(puppet);
  });

  it('are settled when the process dies under them', async () => {
    const { puppet, clock } = await frozenPuppet();
    const sent = [puppet.tell('size', { text: MEGABYTE }), puppet.tell('echo')].map(settled);
    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;
    await expect(Promise.all(sent)).resolves.toEqual(['process-exited unknown', 'process-exited not-sent']);
    expect(clock.pendingCount).toBe(0);
    await releaseFrozen(puppet);
  });

  it('can be taken back while they wait, and are not written then', async () => {
    const { puppet } = await frozenPuppet();
    const sent = [puppet.tell('size', { text: MEGABYTE }), puppet.tell('echo'), puppet.tell('echo')].map(settled);
    const answer = puppet.ask('echo');

    const recalled = [2, 3, 3].map((id) => puppet.transport.recall?.(id));
    thaw(puppet.pid);
    await answer;

    expect(recalled).toEqual([false, true, false]);
    expect(await Promise.all(sent)).toEqual(['sent', 'sent', 'sent']);
    expect(puppet.messages.map((message) => 'id' in message && message.id)).toEqual([1, 2, 4, 5]);
    await releaseFrozen(puppet);
  });

  it('are not written when they were cancelled before, and neither is the cancellation', async () => {
    const { puppet } = await frozenPuppet();
    const answers = [puppet.ask('size', { text: MEGABYTE }), puppet.tell('echo'), puppet.ask('echo')];
    const cancel = (requestId: number) =>
      puppet.transport.send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId } });

    await cancel(3);
    thaw(puppet.pid);
    await Promise.all(answers);

    expect(puppet.messages.map((message) => 'id' in message && message.id)).toEqual([1, 2, 4]);
    await releaseFrozen(puppet);
  });

  it('can still be taken back by whoever is told that the process died', async () => {
    const { puppet } = await frozenPuppet();
    const sent = [puppet.tell('size', { text: MEGABYTE }), puppet.tell('echo')].map(settled);
    const recalled: unknown[] = [];
    puppet.transport.onfault = () => recalled.push(puppet.transport.recall?.(2), puppet.transport.recall?.(3));

    process.kill(puppet.pid, 'SIGKILL');
    await puppet.closed;

    expect(recalled).toEqual([false, true]);
    await expect(Promise.all(sent)).resolves.toEqual(['process-exited unknown', 'sent']);
    await releaseFrozen(puppet);
  });

  it('are settled when the transport is closed', async () => {
    const { puppet, clock } = await frozenPuppet();
    const sent = [puppet.tell('size', { text: MEGABYTE }), puppet.tell('echo')].map(settled);
    await puppet.transport.close();
    await expect(Promise.all(sent)).resolves.toEqual(['closed unknown', 'closed not-sent']);
    expect(clock.pendingCount).toBe(0);
    await releaseFrozen(puppet);
  });

  it('do not pile up listeners on the pipe', async () => {
    const warnings: Error[] = [];
    const warn = (warning: Error): void => void warnings.push(warning);
    process.on('warning', warn);
    const { puppet } = await frozenPuppet();
    const answers = Array.from({ length: 2_000 }, (_, number) => puppet.ask('echo', { number, text: 'x'.repeat(500) }));
    thaw(puppet.pid);
    expect((await Promise.all(answers)).map(({ number }) => number)).toEqual(answers.map((_, number) => number));
    process.off('warning', warn);
    expect(warnings).toEqual([]);
    await releaseFrozen(puppet);
  });
});

describe('lines of one turn', () => {
  /** A pipe that takes everything at once, and how it was given it. */
  function openPipe() {
    const given: string[] = [];
    const pipe = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        given.push(String(chunk));
        done();
      },
    });
    const stalled = () => expect.unreachable('nothing waits');
    return { given, pipe, outbox: new Outbox(pipe, DEFAULTS, systemClock, stalled) };
  }

  it('are two writes: the first at once, the others together, in order', async () => {
    const { given, outbox } = openPipe();

    const sent = ['a\n', 'b\n', 'c\n'].map((line) => outbox.send(line));
    expect(given).toEqual(['a\n']);
    await Promise.all(sent);

    expect(given).toEqual(['a\n', 'b\nc\n']);
    await outbox.send('d\n');
    expect(given).toEqual(['a\n', 'b\nc\n', 'd\n']);
  });

  it('have not left where the pipe ends in that turn, or they are taken back', async () => {
    const { given, outbox } = openPipe();

    const sent = ['a\n', 'b\n', 'c\n'].map((line, id) => settled(outbox.send(line, id)));
    expect(outbox.recall(1)).toBe(true);
    outbox.end({ kind: 'pipe-closed', pipe: 'stdin' });

    expect(await Promise.all(sent)).toEqual(['sent', 'pipe-closed not-sent', 'pipe-closed not-sent']);
    expect(given).toEqual(['a\n']);
  });
});
