/** How many streams a server may make us open. Keeps the times of the last minute; sets no timer. */

import type { Clock } from '../../clock.ts';

const WINDOW_MS = 60_000;

/** Counts streams in a sliding minute. */
export class StreamBudget {
  readonly #openedAtMs: number[] = [];

  constructor(
    private readonly clock: Clock,
    private readonly maxStreamsPerMinute: number,
  ) {}

  /** Ask for one more stream. Returns whether it may be opened; one that may not is not counted. */
  take(): boolean {
    const nowMs = this.clock.monotonic();
    while (this.#openedAtMs.length > 0 && (this.#openedAtMs[0] ?? 0) <= nowMs - WINDOW_MS) this.#openedAtMs.shift();
    if (this.#openedAtMs.length >= this.maxStreamsPerMinute) return false;
    this.#openedAtMs.push(nowMs);
    return true;
  }
}
