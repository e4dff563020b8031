import { describe, expect, it } from 'vitest';
import { Refresher } from '../../../src/listing/refresher.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const PAUSE_MS = 1_000;

describe('the refresher', () => {
  /** A refresher whose lists end when the test says so. */
  function begin() {
    const clock = new SimulatedClock();
    const pending: { resolve: () => void; reject: (error: Error) => void; signal: AbortSignal }[] = [];
    let count = 0;
    const refresher = new Refresher(clock, PAUSE_MS, (signal) => {
      count += 1;
      return new Promise<void>((resolve, reject) => pending.push({ resolve, reject, signal }));
    });
    const finish = async (error?: Error) => {
      const list = pending.shift();
      if (error === undefined) list?.resolve();
      else list?.reject(error);
      await clock.settle();
    };
    return { clock, refresher, pending, finish, count: () => count };
  }

  it('turns any number of requests during one list into one more list', async () => {
    const { clock, refresher, finish, count } = begin();
    for (let time = 0; time < 20; time += 1) refresher.request();
    expect(count()).toBe(1);

    await finish();
    await clock.advance(PAUSE_MS);
    expect(count()).toBe(2);
    await finish();
    await clock.advance(PAUSE_MS);

    expect([count(), clock.pendingCount]).toEqual([2, 0]);
  });

  it('lets a pause pass before the next list, however often it is asked', async () => {
    const { clock, refresher, finish, count } = begin();
    refresher.request();
    await finish();

    refresher.request();
    await clock.advance(PAUSE_MS - 1);
    refresher.request();
    expect(count()).toBe(1);

    await clock.advance(1);
    expect(count()).toBe(2);
    refresher.stop();
  });

  it('lists again at once on a request after the pause', async () => {
    const { clock, refresher, finish, count } = begin();
    refresher.request();
    await finish();
    await clock.advance(PAUSE_MS);

    refresher.request();

    expect(count()).toBe(2);
  });

  it('goes on after a list that failed', async () => {
    const { clock, refresher, finish, count } = begin();
    refresher.request();
    await finish(new Error('no'));
    await clock.advance(PAUSE_MS);

    refresher.request();

    expect(count()).toBe(2);
  });

  it('aborts the list under way when it is stopped, and lists no more', async () => {
    const { clock, refresher, pending, finish, count } = begin();
    refresher.request();
    refresher.request();
    const signal = pending[0]?.signal;

    refresher.stop();
    expect(signal?.aborted).toBe(true);
    await finish(new Error('aborted'));
    refresher.request();
    await clock.advance(PAUSE_MS);

    expect(count()).toBe(1);
  });
});
