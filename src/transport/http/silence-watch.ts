/** Notices that a stream says nothing. One timer per stream, which is not touched when something is heard. */

import type { Clock, Timer } from '../../clock.ts';

/** Watches one stream from its construction until `stop`. */
export class SilenceWatch {
  #heardAtMs: number;
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly limitMs: number,
    private readonly onSilent: (silentMs: number) => void,
  ) {
    this.#heardAtMs = clock.monotonic();
    this.#wait(limitMs);
  }

  /** Something was heard. */
  heard(): void {
    this.#heardAtMs = this.clock.monotonic();
  }

  /** Watch no longer. Idempotent. */
  stop(): void {
    if (this.#timer !== undefined) this.clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wait(delayMs: number): void {
    this.#timer = this.clock.setTimeout(() => {
      this.#timer = undefined;
      const silentMs = this.clock.monotonic() - this.#heardAtMs;
      if (silentMs >= this.limitMs) this.onSilent(silentMs);
      else this.#wait(this.limitMs - silentMs);
    }, delayMs);
  }
}
