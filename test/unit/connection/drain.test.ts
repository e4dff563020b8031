import { afterEach, describe, expect, it } from 'vitest';
import { Drain, drainTimeMs } from '../../../src/connection/drain.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const clock = new SimulatedClock();

function begin(pendingCount: number, drainMs?: number) {
  const drain = new Drain(clock);
  const link = { pendingCount };
  if (drainMs !== undefined) drain.limit(drainMs);
  const seen: { result?: boolean } = {};
  void drain.wait(link).then((result) => (seen.result = result));
  const answer = async () => {
    link.pendingCount -= 1;
    if (link.pendingCount === 0) drain.idle();
    await clock.settle();
  };
  return { drain, link, seen, answer };
}

afterEach(() => {
  expect(clock.pendingCount).toBe(0);
});

describe('the time of a drain', () => {
  it.each([
    [undefined, 0],
    [Number.NaN, 0],
    [-5, 0],
    [5_000, 5_000],
    [Number.POSITIVE_INFINITY, 2_147_483_647],
  ])('that %s asks for is %s', (wantedMs, drainMs) => {
    expect(drainTimeMs(wantedMs)).toBe(drainMs);
  });
});

describe('a drain', () => {
  it('waits for nothing when nobody gave it time', async () => {
    const { seen } = begin(1);
    await clock.settle();

    expect(seen.result).toBe(true);
  });

  it('is over with the last call', async () => {
    const { seen, answer } = begin(2, 1_000);
    await answer();
    expect(seen).toEqual({});

    await answer();

    expect(seen.result).toBe(true);
  });

  it('goes on when another call began in the moment the last one ended', async () => {
    const { seen, link, answer } = begin(1, 1_000);
    const answered = answer();
    link.pendingCount += 1;
    await answered;
    expect(seen).toEqual({});

    await answer();

    expect(seen.result).toBe(true);
  });

  it('says when its time was not enough', async () => {
    const { seen } = begin(1, 1_000);
    await clock.advance(999);
    expect(seen).toEqual({});

    await clock.advance(1);

    expect(seen.result).toBe(false);
  });

  it('has the least time that it was given, whenever', async () => {
    const { drain, seen } = begin(1, 1_000);
    await clock.advance(100);
    drain.limit(5_000);
    drain.limit(300);
    await clock.advance(299);
    expect(seen).toEqual({});

    await clock.advance(1);

    expect(seen.result).toBe(false);
  });
});
