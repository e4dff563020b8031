/** Calls that wait for something in the order in which they came, each within its own deadline. */

import type { Clock } from '../clock.ts';

/** How long a call may wait, and what it meets instead. */
export interface LineWait {
  readonly timeoutMs: number;
  /** Aborting takes the call out of the line at once. */
  readonly signal: AbortSignal | undefined;
  /** Made when the wait takes too long. */
  readonly late: () => Error;
  /** Made when the caller aborts. */
  readonly aborted: () => Error;
  /** Made when so many wait already. */
  readonly full: (waiting: number) => Error;
}

/** Somebody who waits. */
interface Place<T> {
  readonly admit: (value: T) => void;
  readonly refuse: (error: Error) => void;
}

/** One line. */
export class WaitingLine<T> {
  readonly #clock: Clock;
  readonly #places = new Set<Place<T>>();
  #maxLength: number;

  constructor(clock: Clock, maxLength: number) {
    this.#clock = clock;
    this.#maxLength = maxLength;
  }

  /** How many wait. */
  get length(): number {
    return this.#places.size;
  }

  /** Bound how many may wait from now on. Those that wait already stay. */
  limit(maxLength: number): void {
    this.#maxLength = maxLength;
  }

  /** Wait to be admitted. Rejects with one of the errors that the wait names, or that everybody is refused with. */
  join({ timeoutMs, signal, late, aborted, full }: LineWait): Promise<T> {
    if (signal?.aborted) return Promise.reject(aborted());
    if (this.length >= this.#maxLength) return Promise.reject(full(this.length));
    return new Promise((resolve, reject) => {
      const leave = (act: () => void) => {
        this.#places.delete(place);
        this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const abort = () => leave(() => reject(aborted()));
      const place: Place<T> = {
        admit: (value) => leave(() => resolve(value)),
        refuse: (error) => leave(() => reject(error)),
      };
      const timer = this.#clock.setTimeout(() => leave(() => reject(late())), Math.max(0, timeoutMs));
      signal?.addEventListener('abort', abort, { once: true });
      this.#places.add(place);
    });
  }

  /** Admit whoever has waited longest. Returns whether anybody waited. */
  admitNext(value: T): boolean {
    const [place] = this.#places;
    place?.admit(value);
    return place !== undefined;
  }

  /** Admit all, in order. */
  admitAll(value: T): void {
    for (const { admit } of [...this.#places]) admit(value);
  }

  /** Refuse all, in order, each with an error of its own. */
  refuseAll(error: () => Error): void {
    for (const { refuse } of [...this.#places]) refuse(error());
  }
}
