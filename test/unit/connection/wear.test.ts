import { afterEach, describe, expect, it } from 'vitest';
import type { RecyclePlan } from '../../../src/config/effective.ts';
import { watchWear } from '../../../src/connection/wear.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const PLAN: RecyclePlan = {
  afterMs: undefined,
  aboveBytes: undefined,
  checkEveryMs: 100,
  retryMs: 1_000,
  stopFirst: false,
  drainMs: 0,
};

let controllers: AbortController[] = [];

/** Watch a connection; returns when it was said to be worn, and what memory it is said to hold. */
function begin(changes: Partial<RecyclePlan>, share = 0) {
  const clock = new SimulatedClock();
  const controller = new AbortController();
  controllers.push(controller);
  const seen = { atMs: [] as number[], bytes: 0 as number | undefined };
  const context = {
    clock,
    random: () => share,
    bytes: () => seen.bytes,
    worn: () => void seen.atMs.push(clock.monotonic()),
  };
  watchWear({ ...PLAN, ...changes }, context, controller.signal).catch(() => {});
  return { clock, seen, controller };
}

afterEach(() => {
  for (const controller of controllers) controller.abort();
  controllers = [];
});

describe('wear', () => {
  it('is noticed at an age, and again while nothing is done about it', async () => {
    const { clock, seen } = begin({ afterMs: 10_000 });

    await clock.advance(12_500);

    expect(seen.atMs).toEqual([10_000, 11_000, 12_000]);
  });

  it('is noticed up to a quarter earlier, by chance', async () => {
    const { clock, seen } = begin({ afterMs: 10_000 }, 1);

    await clock.advance(7_500);

    expect(seen.atMs).toEqual([7_500]);
  });

  it('is noticed when too much memory is held, at the next look', async () => {
    const { clock, seen } = begin({ aboveBytes: 500 });
    seen.bytes = 500;
    await clock.advance(5_000);
    expect(seen.atMs).toEqual([]);

    seen.bytes = 501;
    await clock.advance(100);

    expect(seen.atMs).toEqual([5_100]);
  });

  it('is noticed of nothing young, however large it is', async () => {
    const { clock, seen } = begin({ aboveBytes: 1 });
    seen.bytes = 1_000;

    await clock.advance(999);
    expect(seen.atMs).toEqual([]);
    await clock.advance(1);

    expect(seen.atMs).toEqual([1_000]);
  });

  it('is not noticed where the memory is not known', async () => {
    const { clock, seen } = begin({ aboveBytes: 1 });
    seen.bytes = undefined;

    await clock.advance(10_000);

    expect(seen.atMs).toEqual([]);
  });

  it('leaves no timer behind when it is not watched any more', async () => {
    const { clock, controller } = begin({ afterMs: 10_000 });
    await clock.advance(1);

    controller.abort();
    await clock.settle();

    expect(clock.pendingCount).toBe(0);
  });
});
