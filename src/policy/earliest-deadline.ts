/** Keeps many deadlines with one timer: setting one for each request would cost more than writing the request. */

import type { Clock, Timer } from '../clock.ts';

/** How much earlier than asked a timer of the host may fire. */
const EARLY_MS = 1;

/** Wakes its owner when the earliest of its deadlines is due. */
export class EarliestDeadline {
  readonly #clock: Clock;
  readonly #wake: (untilMs: number) => void;
  #timer: Timer | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  /**
   * `wake` is called when deadlines until `untilMs` are due, on the monotonic clock; it expects those again that are not. It
   * may find none: a deadline that no longer matters is not taken back.
   */
  constructor(clock: Clock, wake: (untilMs: number) => void) {
    this.#clock = clock;
    this.#wake = wake;
  }

  /** Wake at `atMs`, now being `nowMs`, unless an earlier deadline wakes first. */
  expect(atMs: number, nowMs: number): void {
    if (atMs >= this.#atMs) return;
    this.clear();
    this.#atMs = atMs;
    this.#timer = this.#clock.setTimeout(this.#fire, Math.max(0, atMs - nowMs));
  }

  /** Wake no more. */
  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#atMs = Number.POSITIVE_INFINITY;
  }

  readonly #fire = (): void => {
    this.#timer = undefined;
    this.#atMs = Number.POSITIVE_INFINITY;
    this.#wake(this.#clock.monotonic() + EARLY_MS);
  };
}
