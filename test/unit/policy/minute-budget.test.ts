import { describe, expect, it } from 'vitest';
import { MinuteBudget } from '../../../src/policy/minute-budget.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

describe('MinuteBudget', () => {
  it('gives so many in any minute, and no more', async () => {
    const clock = new SimulatedClock();
    const budget = new MinuteBudget(clock);
    const take = () => budget.take(2);
    expect([take(), take(), take()]).toEqual([true, true, false]);
    await clock.advance(59_999);
    expect(take()).toBe(false);
    await clock.advance(1);
    expect([take(), take(), take()]).toEqual([true, true, false]);
  });
});
