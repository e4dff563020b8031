import { cpus } from 'node:os';
import { describe, expect, it } from 'vitest';
import { idleShare, processorTimes } from '../../../../src/transport/stdio/processors.ts';

function compute(forMs: number): void {
  const untilMs = performance.now() + forMs;
  while (performance.now() < untilMs);
}

describe('the times of the processors', () => {
  it('pass for all of them together, with an idle part', () => {
    const before = processorTimes();
    compute(100);
    const after = processorTimes();

    expect(after.totalMs - before.totalMs).toBeGreaterThanOrEqual(80 * cpus().length);
    expect(idleShare(before, after)).toBeGreaterThanOrEqual(0);
    // One of them was busy all the time.
    expect(idleShare(before, after)).toBeLessThan(1);
  });

  it('count as idle where nothing passes', () => {
    const times = { idleMs: 5, totalMs: 9 };

    expect(idleShare(times, times)).toBe(1);
  });
});
