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
  readonly #list: (signal: AbortSignal) => Promise<void>;
  readonly #controller = new AbortController();
  #isRunning = false;
  #isRequested = false;

  constructor(clock: Clock, pauseMs: number, list: (signal: AbortSignal) => Promise<void>) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
    this.#list = list;
  }

  /** Ask for a fresh list. */
  request(): void {
    this.#isRequested = true;
    if (!this.#isRunning) void this.#run();
  }

  /** Stop listing for good. */
  stop(): void {
    this.#controller.abort();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRequested && !this.#controller.signal.aborted) {
      this.#isRequested = false;
      // A list that fails says nothing about the epoch: the tools stay as they were last seen.
      await this.#list(this.#controller.signal).catch(() => {});
      await sleep(this.#clock, this.#pauseMs, this.#controller.signal).catch(() => {});
    }
    this.#isRunning = false;
  }
}
