/** One wait at a time that can be cut short: at most one timer, whatever it is asked for. */

import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';

/** Waits on a clock. */
export class Alarm {
  readonly #clock: Clock;
  #ring: (() => void) | undefined;
  #timer: Timer | undefined;
  #dueAtMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Wait for that long, or for less when `within` says so; `Infinity` sets no timer. Rejects with the signal's reason
   * when it is aborted.
   */
  async wait(delayMs: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise<void>((resolve) => {
      const ring = () => {
        this.#clear();
        signal.removeEventListener('abort', ring);
        this.#ring = undefined;
        resolve();
      };
      signal.addEventListener('abort', ring);
      this.#set(ring, delayMs);
    });
    signal.throwIfAborted();
  }

  /** Let the present wait, if there is one, end in at most that long. */
  within(delayMs: number): void {
    const ring = this.#ring;
    if (ring === undefined || this.#dueAtMs - this.#clock.monotonic() <= delayMs) return;
    this.#clear();
    this.#set(ring, delayMs);
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #set(ring: () => void, delayMs: number): void {
    this.#ring = ring;
    this.#dueAtMs = this.#clock.monotonic() + delayMs;
    if (delayMs !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimeout(ring, Math.min(delayMs, MAX_TIMER_MS));
    }
  }
}
