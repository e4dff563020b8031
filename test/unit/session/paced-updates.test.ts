import { describe, expect, it } from 'vitest';
import { PacedUpdates } from '../../../src/session/paced-updates.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

function begin() {
  const clock = new SimulatedClock();
  const told: string[] = [];
  const updates = new PacedUpdates(clock, 100, (uri) => told.push(`${clock.monotonic()} ${uri}`));
  return { clock, told, updates };
}

describe('updates of resources', () => {
  it('are told at once, each resource by itself', () => {
    const { told, updates } = begin();
    updates.add('a');
    updates.add('b');
    expect(told).toEqual(['0 a', '0 b']);
    updates.flush();
  });

  it('are told once per pause, however many there are, and the last one is never lost', async () => {
    const { clock, told, updates } = begin();
    for (let time = 0; time < 250; time += 10) {
      updates.add('a');
      await clock.advance(10);
    }
    await clock.advance(1_000);
    expect(told).toEqual(['0 a', '100 a', '200 a', '300 a']);
    expect(clock.pendingCount).toBe(0);
    updates.add('a');
    expect(told.at(-1)).toBe('1250 a');
    updates.flush();
  });

  it('are told when the epoch ends, and leave no timer', () => {
    const { clock, told, updates } = begin();
    updates.add('a');
    updates.add('a');
    updates.flush();
    expect([told, clock.pendingCount]).toEqual([['0 a', '0 a'], 0]);
  });
});
