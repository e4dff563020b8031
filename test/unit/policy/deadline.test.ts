import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import { sleep, withDeadline } from '../../../src/policy/deadline.ts';

/** A clock whose timers fire when the test says so, and which knows what is still set. */
function manualClock() {
  const timers = new Map<number, { callback: () => void; delayMs: number }>();
  let last = 0;
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    setTimeout: (callback, delayMs) => {
      last += 1;
      timers.set(last, { callback, delayMs });
      return last;
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
  };
  const fireAll = () => {
    for (const [timer, { callback }] of timers) {
      timers.delete(timer);
      callback();
    }
  };
  return { clock, timers, fireAll };
}

const never = new Promise<never>(() => {});

describe('withDeadline', () => {
  it('gives the value that came in time and clears its timer', async () => {
    const { clock, timers } = manualClock();

    expect(await withDeadline(clock, Promise.resolve('done'), 1_000)).toEqual({ settled: true, value: 'done' });
    expect(timers.size).toBe(0);
  });

  it('says that nothing settled when the deadline passes', async () => {
    const { clock, timers, fireAll } = manualClock();
    const wait = withDeadline(clock, never, 1_000);
    expect([...timers.values()].map((timer) => timer.delayMs)).toEqual([1_000]);

    fireAll();

    expect(await wait).toEqual({ settled: false });
    expect(timers.size).toBe(0);
  });

  it('passes a rejection in time on and clears its timer', async () => {
    const { clock, timers } = manualClock();

    await expect(withDeadline(clock, Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
    expect(timers.size).toBe(0);
  });

  it('keeps a rejection after the deadline to itself', async () => {
    const { clock, fireAll } = manualClock();
    const unhandled: unknown[] = [];
    const listen = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listen);
    const { promise, reject } = withResolvers();
    const wait = withDeadline(clock, promise, 1_000);
    fireAll();
    expect(await wait).toEqual({ settled: false });

    reject(new Error('late'));
    // Unhandled rejections are reported after the microtasks of a turn; two turns cover that.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));

    process.off('unhandledRejection', listen);
    expect(unhandled).toEqual([]);
  });

  it.each([
    [2 ** 40, 2_147_483_647],
    [Number.POSITIVE_INFINITY, 2_147_483_647],
    [-1, 0],
  ])('asks the clock for %d ms as %d ms, which a timer can hold', (timeoutMs, expected) => {
    const { clock, timers } = manualClock();

    void withDeadline(clock, never, timeoutMs);

    expect([...timers.values()].map((timer) => timer.delayMs)).toEqual([expected]);
  });
});

describe('sleep', () => {
  it('resolves when its timer fires and leaves no listener on the signal', async () => {
    const { clock, fireAll } = manualClock();
    const { signal } = new AbortController();
    const wait = sleep(clock, 500, signal);

    fireAll();

    await wait;
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('rejects with the reason when aborted, and clears its timer', async () => {
    const { clock, timers } = manualClock();
    const controller = new AbortController();
    const wait = sleep(clock, 500, controller.signal);
    const reason = new Error('enough');

    controller.abort(reason);

    await expect(wait).rejects.toBe(reason);
    expect(timers.size).toBe(0);
  });

  it('sets no timer when the signal is aborted already', async () => {
    const { clock, timers } = manualClock();
    const reason = new Error('before');

    await expect(sleep(clock, 500, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(timers.size).toBe(0);
  });
});

/** `Promise.withResolvers`, which Node 20 lacks. */
function withResolvers() {
  let reject: (reason: unknown) => void = () => {};
  const promise = new Promise<never>((_, rejectIt) => {
    reject = rejectIt;
  });
  return { promise, reject };
}
