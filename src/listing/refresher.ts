/**
 * Lists again on request: at once, or after a pause when the last list is recent, so that a server that says after each
 * list that it changed is not asked as fast as it answers.
 */

import type { Clock } from '../clock.ts';
import { sleep } from '../policy/deadline.ts';

/** Lists the tools of one epoch again. One list at a time; whoever asks meanwhile shares the next. */
export class Refresher {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #list: () => Promise<void>;
  readonly #signal: AbortSignal;
  #isRunning = false;
  #isRequested = false;

  /** Aborting the signal stops it for good. */
  constructor(clock: Clock, pauseMs: number, list: () => Promise<void>, signal: AbortSignal) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
    this.#list = list;
    this.#signal = signal;
  }

  /** Ask for a fresh list. */
  request(): void {
    this.#isRequested = true;
    if (!this.#isRunning) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRequested && !this.#signal.aborted) {
      this.#isRequested = false;
      // A list that fails says nothing about the epoch: the tools stay as they were last seen.
      await this.#list().catch(() => {});
      await sleep(this.#clock, this.#pauseMs, this.#signal).catch(() => {});
    }
    this.#isRunning = false;
  }
}
