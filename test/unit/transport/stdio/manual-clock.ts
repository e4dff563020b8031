/**
 * A clock that stands still until a test moves it.
 */

import type { Clock, Timer } from '../../../../src/clock.ts';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
}

export class ManualClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  #nowMs = 0;

  /** Timers that are set. */
  get pendingCount(): number {
    return this.#alarms.size;
  }

  now(): number {
    return this.#nowMs;
  }

  monotonic(): number {
    return this.#nowMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const alarm = { atMs: this.#nowMs + delayMs, callback };
    this.#alarms.add(alarm);
    return alarm;
  }

  clearTimeout(timer: Timer): void {
    this.#alarms.delete(timer as Alarm);
  }

  /** Let time pass: run what falls due, in order. */
  elapse(delayMs: number): void {
    const untilMs = this.#nowMs + delayMs;
    for (;;) {
      const [next] = [...this.#alarms].filter((alarm) => alarm.atMs <= untilMs).sort((a, b) => a.atMs - b.atMs);
      if (next === undefined) break;
      this.#alarms.delete(next);
      this.#nowMs = next.atMs;
      next.callback();
    }
    this.#nowMs = untilMs;
  }
}
