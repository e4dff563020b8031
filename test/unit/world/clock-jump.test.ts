import { describe, expect, it } from 'vitest';
import { clockJumpMs } from '../../../src/world/clock-jump.ts';

const START = { wallMs: 1_000_000, monotonicMs: 500 };
const TICK_MS = 5_000;
const LIMIT_MS = 10_000;

/** Look again after so much time on each clock. */
function seen(wallMs: number, monotonicMs: number): number | undefined {
  const to = { wallMs: START.wallMs + wallMs, monotonicMs: START.monotonicMs + monotonicMs };
  return clockJumpMs(START, to, TICK_MS, LIMIT_MS);
}

describe('a jump of the clock', () => {
  it.each([
    ['nothing happened', 5_000, 5_000],
    ['the host was busy for a while', 14_000, 14_000],
    ['the clock is slewed', 5_400, 5_000],
    ['the difference is exactly the limit', 15_000, 5_000],
  ])('is not seen when %s', (_, wallMs, monotonicMs) => {
    expect(seen(wallMs, monotonicMs)).toBeUndefined();
  });

  it.each([
    ['the host slept and its timers stood still', 3_605_000, 5_000, 3_600_000],
    ['the host slept and its timers went on', 3_605_000, 3_605_000, 3_600_000],
    ['the clock was set back', -3_595_000, 5_000, -3_600_000],
    ['the difference is just above the limit', 15_001, 5_000, 10_001],
  ])('is seen when %s', (_, wallMs, monotonicMs, gapMs) => {
    expect(seen(wallMs, monotonicMs)).toBe(gapMs);
  });
});
