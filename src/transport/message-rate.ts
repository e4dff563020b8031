/** How many messages a server may send that nobody asked for. Counts; sets no timer, and is off the path of replies. */

import type { Clock } from '../clock.ts';

/** Counts what one server sends unasked. Those of one second may come at once: the log of a start is no flood. */
export class MessageRate {
  readonly #clock: Clock;
  readonly #perSecond: number;
  #left: number;
  #filledAtMs: number;

  constructor(clock: Clock, perSecond: number) {
    this.#clock = clock;
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#filledAtMs = clock.monotonic();
  }

  /** Count one more. Returns whether the server may go on. */
  take(): boolean {
    const nowMs = this.#clock.monotonic();
    const gained = ((nowMs - this.#filledAtMs) / 1_000) * this.#perSecond;
    this.#left = Math.min(this.#perSecond, this.#left + gained) - 1;
    this.#filledAtMs = nowMs;
    return this.#left >= 0;
  }
}
