import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Gate } from '../../../src/call/gate.ts';
import type { Publication } from '../../../src/connection/publication.ts';
import { CallError } from '../../../src/errors.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const serving = (epoch: number) => ({ server: 'files', epoch }) as Publication;
const error = (code: CallError['code']) => new CallError(code, code, { outcome: 'not-sent' });

/** A gate, and calls that wait at it under a name. */
function begin(maxWaiting = 10) {
  const clock = new SimulatedClock();
  const gate = new Gate(clock, maxWaiting);
  const journal: string[] = [];
  const call = (name: string, timeoutMs = 1_000, signal?: AbortSignal) => {
    const wait = {
      timeoutMs,
      signal,
      late: () => error('CALL_TIMEOUT'),
      aborted: () => error('CALL_ABORTED'),
      full: () => error('QUEUE_FULL'),
    };
    return gate.pass(wait).then(
      ({ epoch }) => void journal.push(`${name} passes ${epoch}`),
      (reason: CallError) => void journal.push(`${name} ${reason.code}`),
    );
  };
  return { clock, gate, journal, call };
}

describe('the gate', () => {
  it('lets calls wait from the start, and through in order when it opens', async () => {
    const { clock, gate, journal, call } = begin();
    for (const name of ['one', 'two', 'three']) void call(name);
    await clock.settle();
    expect([journal, gate.waitingCount]).toEqual([[], 3]);

    gate.open(serving(1));
    await clock.settle();

    expect(journal).toEqual(['one passes 1', 'two passes 1', 'three passes 1']);
    expect([gate.waitingCount, clock.pendingCount]).toEqual([0, 0]);
  });

  it('shows the serving epoch while it is open, and only then', () => {
    const { gate } = begin();
    expect(gate.publication).toBeUndefined();

    gate.open(serving(1));
    expect(gate.publication).toEqual(serving(1));
    gate.open(serving(2));
    expect(gate.publication).toEqual(serving(2));
    gate.hold();
    expect(gate.publication).toBeUndefined();
    gate.open(serving(3));
    gate.shut(() => error('SERVER_CLOSED'));

    expect(gate.publication).toBeUndefined();
  });

  it('sets no timer for a call that passes at once', async () => {
    const { clock, gate, journal, call } = begin();
    gate.open(serving(1));

    await call('one');

    expect(journal).toEqual(['one passes 1']);
    expect(clock.pendingCount).toBe(0);
  });

  it('fails calls at once while it is shut, and those that wait when it is shut, each with an error of its own', async () => {
    const { clock, gate, journal, call } = begin();
    void call('waiting');
    let made = 0;
    gate.shut(() => {
      made += 1;
      return error('SERVER_PARKED');
    });
    void call('later');
    await clock.settle();

    expect(journal).toEqual(['waiting SERVER_PARKED', 'later SERVER_PARKED']);
    expect(made).toBe(2);
    expect(clock.pendingCount).toBe(0);
  });

  it('keeps those that wait when it is held again', async () => {
    const { clock, gate, journal, call } = begin();
    void call('one');

    gate.hold();
    gate.open(serving(2));
    await clock.settle();

    expect(journal).toEqual(['one passes 2']);
  });

  it('refuses the call that finds the queue full, and takes one again when a place is free', async () => {
    const { clock, gate, journal, call } = begin(2);
    const controller = new AbortController();
    void call('one', 1_000, controller.signal);
    void call('two');
    void call('three');
    await clock.settle();
    expect(journal).toEqual(['three QUEUE_FULL']);

    controller.abort();
    void call('four');
    await clock.settle();

    expect(journal).toEqual(['three QUEUE_FULL', 'one CALL_ABORTED']);
    expect(gate.waitingCount).toBe(2);
  });

  it('lets nobody wait when the queue has no place at all, but lets calls pass', async () => {
    const { gate, journal, call } = begin(0);
    await call('one');
    gate.open(serving(1));
    await call('two');

    expect(journal).toEqual(['one QUEUE_FULL', 'two passes 1']);
  });

  it('fails a call at its own deadline, and no other', async () => {
    const { clock, gate, journal, call } = begin();
    void call('patient', 1_000);
    void call('hurried', 100);

    await clock.advance(99);
    expect(journal).toEqual([]);
    await clock.advance(1);

    expect(journal).toEqual(['hurried CALL_TIMEOUT']);
    expect(gate.waitingCount).toBe(1);
  });

  it('takes an aborted call out at once, leaving no timer and no listener', async () => {
    const { clock, gate, journal, call } = begin();
    const controller = new AbortController();
    void call('one', 1_000, controller.signal);

    controller.abort();
    await clock.settle();

    expect(journal).toEqual(['one CALL_ABORTED']);
    expect([gate.waitingCount, clock.pendingCount]).toEqual([0, 0]);
  });

  it.each(['passes', 'fails', 'is late'])('leaves no listener on a signal whose call %s', async (end) => {
    const { clock, gate, call } = begin();
    const { signal } = new AbortController();
    void call('one', 1_000, signal);

    if (end === 'passes') gate.open(serving(1));
    if (end === 'fails') gate.shut(() => error('SERVER_CLOSED'));
    if (end === 'is late') await clock.advance(1_000);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('does not even queue a call that was aborted before', async () => {
    const { gate, journal, call } = begin();
    gate.open(serving(1));

    await call('one', 1_000, AbortSignal.abort());

    expect(journal).toEqual(['one CALL_ABORTED']);
  });
});
