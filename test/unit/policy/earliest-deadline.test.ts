import { expect, it } from 'vitest';
import { EarliestDeadline } from '../../../src/policy/earliest-deadline.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

/** Deadlines that are expected again for as long as they are not due. */
class Expectations {
  readonly clock = new SimulatedClock();
  readonly passed: number[] = [];
  readonly deadlines: EarliestDeadline;
  #open: number[] = [];

  constructor() {
    this.deadlines = new EarliestDeadline(this.clock, (untilMs) => {
      const open = this.#open;
      this.#open = [];
      for (const atMs of open) {
        if (atMs <= untilMs) this.passed.push(this.clock.monotonic());
        else this.expect(atMs);
      }
    });
  }

  expect(atMs: number): void {
    this.#open.push(atMs);
    this.deadlines.expect(atMs, this.clock.monotonic());
  }
}

it('wakes at each deadline, in whatever order they were expected', async () => {
  const own = new Expectations();
  for (const atMs of [500, 100, 900, 300]) own.expect(atMs);

  await own.clock.advance(1_000);

  expect(own.passed).toEqual([100, 300, 500, 900]);
});

it('sets one timer, however many deadlines there are', () => {
  const own = new Expectations();

  for (const atMs of [500, 100, 900, 300]) own.expect(atMs);

  expect(own.clock.pendingInMs).toEqual([100]);
});

it('wakes at once for a deadline that has passed', async () => {
  const own = new Expectations();
  await own.clock.advance(50);

  own.expect(20);
  await own.clock.advance(0);

  expect(own.passed).toEqual([50]);
});

it('wakes no more when it is cleared', async () => {
  const own = new Expectations();
  own.expect(100);

  own.deadlines.clear();
  await own.clock.advance(1_000);

  expect([own.passed, own.clock.pendingCount]).toEqual([[], 0]);
});
