/** Bounds how many calls are under way on one server; further ones wait in order, within their own deadline. */

import type { Clock, Timer } from '../clock.ts';

/** How long a call may wait for its turn. */
export interface SlotWait {
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
  /** Made when the wait takes too long. */
  readonly late: () => Error;
  /** Made when the caller aborts. */
  readonly aborted: () => Error;
  /** Made when too many wait already. */
  readonly full: () => Error;
}

/** The slots of one server. */
export class Slots {
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #maxWaiting: number;
  readonly #waiting = new Set<(hasSlot: boolean) => void>();
  #taken = 0;

  constructor(clock: Clock, limit: number, maxWaiting: number) {
    this.#clock = clock;
    this.#limit = limit;
    this.#maxWaiting = maxWaiting;
  }

  /** Calls under way. */
  get takenCount(): number {
    return this.#taken;
  }

  /** Calls that wait for their turn. */
  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** Take a slot now, if one is free and nobody waits for it: the whole of the fast path. */
  tryTake(): boolean {
    if (this.#taken >= this.#limit || this.#waiting.size > 0) return false;
    this.#taken += 1;
    return true;
  }

  /**
   * Wait in order for a slot. True when there is one; false when the slots were dissolved, and the turn has to be taken
   * where calls go now. Aborting takes the call out of the queue at once.
   */
  take({ timeoutMs, signal, late, aborted, full }: SlotWait): Promise<boolean> {
    if (this.tryTake()) return Promise.resolve(true);
    if (signal?.aborted) return Promise.reject(aborted());
    if (this.#waiting.size >= this.#maxWaiting) return Promise.reject(full());
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        this.#waiting.delete(turn);
        this.#clock.clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        act();
      };
      const abort = () => settle(() => reject(aborted()));
      const turn = (hasSlot: boolean) => settle(() => resolve(hasSlot));
      const timer: Timer = this.#clock.setTimeout(() => settle(() => reject(late())), Math.max(0, timeoutMs));
      signal?.addEventListener('abort', abort, { once: true });
      this.#waiting.add(turn);
    });
  }

  /** Give a slot back: the longest waiting call gets it. */
  release(): void {
    const [turn] = this.#waiting;
    // Handed over, not freed and taken again: a call that comes in between must not overtake.
    if (turn === undefined) this.#taken -= 1;
    else turn(true);
  }

  /** Calls go elsewhere from now on: send away those that wait, in order. Those under way give their slots back as ever. */
  dissolve(): void {
    for (const turn of [...this.#waiting]) turn(false);
  }
}
