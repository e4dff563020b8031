/** Finds whom progress concerns. A token outlives the rounds of one call, each of which is a request of its own. */

import type { Progress } from '@modelcontextprotocol/sdk/types.js';

/** Who waits for progress. */
export class ProgressBoard {
  readonly #listeners = new Map<number, (progress: Progress) => void>();
  #count = 0;

  /** Listen until `forget`; returns the token that a request has to carry. */
  expect(listener: (progress: Progress) => void): number {
    this.#count += 1;
    this.#listeners.set(this.#count, listener);
    return this.#count;
  }

  forget(token: number): void {
    this.#listeners.delete(token);
  }

  /** Hand on what a notification says; what is no progress, or concerns nobody any more, is dropped. */
  take(params: Readonly<Record<string, unknown>> | undefined): void {
    const { progressToken, progress, total, message } = params ?? {};
    if (typeof progress !== 'number') return;
    // Servers are known that send it back as a text.
    this.#listeners.get(Number(progressToken))?.({
      progress,
      ...(typeof total === 'number' ? { total } : undefined),
      ...(typeof message === 'string' ? { message } : undefined),
    });
  }
}
