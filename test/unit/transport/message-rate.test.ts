import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { MessageRate } from '../../../src/transport/message-rate.ts';

describe('the rate of messages', () => {
  it('lets those of one second come at once, and then as many as time allows', async () => {
    const clock = new SimulatedClock();
    const rate = new MessageRate(clock, 100);
    const take = (count: number): number => Array.from({ length: count }, () => rate.take()).filter(Boolean).length;

    expect(take(150)).toBe(100);
    await clock.advance(100_000);
    expect(take(150)).toBe(100);
  });

  it('never stops a server that stays just within it', async () => {
    const clock = new SimulatedClock();
    const rate = new MessageRate(clock, 100);
    for (let second = 0; second < 50; second += 1) {
      await clock.advance(10);
      expect(rate.take()).toBe(true);
    }
  });
});
