import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Slots } from '../../../src/call/slots.ts';
import type { LineWait } from '../../../src/call/waiting-line.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const waitOf = (changes: Partial<LineWait> = {}): LineWait => ({
  timeoutMs: 1_000,
  signal: undefined,
  late: () => new Error('late'),
  aborted: () => new Error('aborted'),
  full: () => new Error('full'),
  ...changes,
});

/** How a wait ended, once it has. */
function ending(wait: Promise<boolean>): { state: string } {
  const end = { state: 'waiting' };
  void wait.then(
    (hasSlot) => Object.assign(end, { state: hasSlot ? 'taken' : 'sent away' }),
    (error: Error) => Object.assign(end, { state: error.message }),
  );
  return end;
}

describe('slots', () => {
  it('are handed over in the order in which they were asked for', async () => {
    const clock = new SimulatedClock();
    const slots = new Slots(clock, 1, 10);
    slots.tryTake();
    const first = ending(slots.take(waitOf()));
    const second = ending(slots.take(waitOf()));

    slots.release();
    await clock.settle();

    expect([first.state, second.state, slots.takenCount]).toEqual(['taken', 'waiting', 1]);
  });

  it('cannot be taken past somebody who waits', async () => {
    const clock = new SimulatedClock();
    const slots = new Slots(clock, 1, 10);
    slots.tryTake();
    const waiting = ending(slots.take(waitOf()));

    slots.release();

    expect(slots.tryTake()).toBe(false);
    await clock.settle();
    expect(waiting.state).toBe('taken');
  });

  it('leave no timer and no listener behind, however a wait ends', async () => {
    const clock = new SimulatedClock();
    const slots = new Slots(clock, 1, 2);
    const controller = new AbortController();
    slots.tryTake();
    const aborted = ending(slots.take(waitOf({ signal: controller.signal })));
    const late = ending(slots.take(waitOf({ timeoutMs: 10 })));
    const full = ending(slots.take(waitOf()));

    controller.abort();
    await clock.advance(10);

    expect([aborted.state, late.state, full.state]).toEqual(['aborted', 'late', 'full']);
    expect([clock.pendingCount, slots.waitingCount]).toEqual([0, 0]);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('that are dissolved send away those who wait, in order, and still take back what was taken', async () => {
    const clock = new SimulatedClock();
    const slots = new Slots(clock, 1, 10);
    const order: number[] = [];
    slots.tryTake();
    const waits = [1, 2].map((number) => {
      const wait = slots.take(waitOf());
      void wait.then(() => order.push(number));
      return ending(wait);
    });

    slots.dissolve();
    await clock.settle();
    slots.release();

    expect(waits.map(({ state }) => state)).toEqual(['sent away', 'sent away']);
    expect(order).toEqual([1, 2]);
    expect([slots.takenCount, slots.waitingCount, clock.pendingCount]).toEqual([0, 0, 0]);
  });
});
