import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

describe('a simulated clock', () => {
  it('fires what falls due in the order of time, each at its time', async () => {
    const clock = new SimulatedClock(1_000);
    const fired: string[] = [];
    for (const delayMs of [30, 10, 20]) clock.setTimeout(() => fired.push(`${delayMs} at ${clock.now()}`), delayMs);

    await clock.advance(25);

    expect(fired).toEqual(['10 at 1010', '20 at 1020']);
    expect([clock.now(), clock.monotonic(), clock.pendingInMs]).toEqual([1_025, 25, [5]]);
  });

  it('fires what is set on the way, and lets promises come to rest between', async () => {
    const clock = new SimulatedClock();
    const fired: number[] = [];
    const again = async (): Promise<void> => {
      fired.push(clock.monotonic());
      await Promise.resolve();
      clock.setTimeout(() => void again(), 10);
    };
    clock.setTimeout(() => void again(), 10);

    await clock.advance(35);

    expect(fired).toEqual([10, 20, 30]);
  });

  it('does not fire what was cleared', async () => {
    const clock = new SimulatedClock();
    clock.clearTimeout(clock.setTimeout(() => expect.unreachable(), 10));

    await clock.advance(100);

    expect(clock.pendingCount).toBe(0);
  });

  it.each([5_000_000, -5_000_000])('is set by %i ms without any timer noticing', async (jumpMs) => {
    const clock = new SimulatedClock(10_000_000);
    let fired = 0;
    clock.setTimeout(() => {
      fired += 1;
    }, 100);

    clock.set(clock.now() + jumpMs);
    await clock.advance(99);
    expect([fired, clock.now(), clock.monotonic()]).toEqual([0, 10_000_000 + jumpMs + 99, 99]);
    await clock.advance(1);

    expect(fired).toBe(1);
  });
});
