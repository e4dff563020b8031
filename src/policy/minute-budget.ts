/** How often something may be done that a server makes us do. Keeps the times of the last minute; sets no timer. */

import type { Clock } from '../clock.ts';

const WINDOW_MS = 60_000;

/** Counts in a sliding minute. */
export class MinuteBudget {
  readonly #clock: Clock;
  readonly #takenAtMs: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Ask for one more, where so many may be in a minute. Returns whether it may be; one that may not is not counted. */
  take(maxPerMinute: number): boolean {
    const nowMs = this.#clock.monotonic();
    while (this.#takenAtMs.length > 0 && (this.#takenAtMs[0] ?? 0) <= nowMs - WINDOW_MS) this.#takenAtMs.shift();
    if (this.#takenAtMs.length >= maxPerMinute) return false;
    this.#takenAtMs.push(nowMs);
    return true;
  }
}
