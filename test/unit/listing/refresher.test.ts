import { describe, expect, it } from 'vitest';
import { Refresher } from '../../../src/listing/refresher.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const PAUSE_MS = 1_000;

describe('the refresher', () => {
  /** A refresher whose lists end when the test says so. */
  function begin() {
    const clock = new SimulatedClock();
    const pending: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const stopping = new AbortController();
    let count = 0;
    const list = () => {
      count += 1;
      return new Promise<void>((resolve, reject) => pending.push({ resolve, reject }));
    };
    const refresher = new Refresher(clock, PAUSE_MS, list, stopping.signal);
    const finish = async (error?: Error) => {
      const list = pending.shift();
      if (error === undefined) list?.resolve();
      else list?.reject(error);
      await clock.settle();
    };
    return { clock, refresher, finish, count: () => count, stop: () => stopping.abort() };
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
    const { clock, refresher, finish, count, stop } = begin();
    refresher.request();
    await finish();

    refresher.request();
    await clock.advance(PAUSE_MS - 1);
    refresher.request();
    expect(count()).toBe(1);

    await clock.advance(1);
    expect(count()).toBe(2);
    stop();
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

  it('lists no more once its signal is aborted, and waits for nothing', async () => {
    const { clock, refresher, finish, count, stop } = begin();
    refresher.request();
    refresher.request();

    stop();
    await finish(new Error('aborted'));
    refresher.request();
    await clock.advance(PAUSE_MS);

    expect([count(), clock.pendingCount]).toEqual([1, 0]);
  });
});
