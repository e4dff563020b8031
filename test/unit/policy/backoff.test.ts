import { describe, expect, it } from 'vitest';
import { backoffDelayMs, nextDelayMs } from '../../../src/policy/backoff.ts';

const policy = { baseMs: 500, factor: 2, maxMs: 30_000, retryAfterMaxMs: 3_600_000 };
const highest = () => 1 - Number.EPSILON / 2;
const lowest = () => 0;

/** A small generator with a fixed seed, so that a red run can be run again. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('backoffDelayMs', () => {
  it('draws below a ceiling that grows by the factor until the cap', () => {
    const ceilings = [1, 2, 3, 4, 5, 6, 7, 8, 9].map((attempt) => backoffDelayMs(policy, attempt, highest));

    expect(ceilings).toEqual([499, 999, 1_999, 3_999, 7_999, 15_999, 29_999, 29_999, 29_999]);
  });

  it('draws from zero on, whatever the attempt', () => {
    expect([1, 5, 50].map((attempt) => backoffDelayMs(policy, attempt, lowest))).toEqual([0, 0, 0]);
  });

  it('spreads delays over the whole range once the cap is reached', () => {
    const random = seeded(7);
    const delays = Array.from({ length: 1_000 }, () => backoffDelayMs(policy, 40, random));

    const tenths = new Set(delays.map((delayMs) => Math.floor(delayMs / 3_000)));
    expect([...tenths].toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(delays).size).toBeGreaterThan(900);
  });

  it('stays whole and below the cap for every attempt up to a million and beyond', () => {
    for (const attempt of [0, -3, 1, 1_000, 1_000_000, Number.MAX_SAFE_INTEGER]) {
      const delayMs = backoffDelayMs(policy, attempt, seeded(attempt));

      expect(Number.isInteger(delayMs)).toBe(true);
      expect(delayMs).toBeGreaterThanOrEqual(0);
      expect(delayMs).toBeLessThan(policy.maxMs);
    }
  });

  it('does not grow when the factor is one', () => {
    expect(backoffDelayMs({ ...policy, factor: 1 }, 1_000_000, highest)).toBe(499);
  });
});

describe('nextDelayMs', () => {
  it('is the backoff when the server said nothing', () => {
    expect(nextDelayMs(policy, 3, () => 0.5)).toBe(backoffDelayMs(policy, 3, () => 0.5));
  });

  it('never returns before the time the server asked for', () => {
    for (const share of [0, 0.3, 0.999])
      expect(nextDelayMs(policy, 1, () => share, 7_000)).toBeGreaterThanOrEqual(7_000);
  });

  it('spreads clients that were told the same second', () => {
    const random = seeded(3);
    const delays = Array.from({ length: 100 }, () => nextDelayMs(policy, 1, random, 7_000));

    expect(new Set(delays).size).toBeGreaterThan(50);
    expect(Math.max(...delays)).toBeLessThan(7_000 + policy.baseMs);
  });

  it('keeps the longer backoff when the server asked for less', () => {
    expect(nextDelayMs(policy, 9, highest, 1_000)).toBe(29_999);
  });

  it('obeys an hour at most', () => {
    expect(nextDelayMs(policy, 1, lowest, Number.POSITIVE_INFINITY)).toBe(3_600_000);
  });

  it.each([Number.NaN, 0, -5])('takes a Retry-After of %s for none', (retryAfterMs) => {
    expect(nextDelayMs(policy, 1, lowest, retryAfterMs)).toBe(0);
  });
});
