/** Bounds how many calls are under way on one server; further ones wait in order, within their own deadline. */

import type { Clock } from '../clock.ts';
import { type LineWait, WaitingLine } from './waiting-line.ts';

/** The slots of one server. */
export class Slots {
  readonly #limit: number;
  readonly #line: WaitingLine<boolean>;
  #taken = 0;

  constructor(clock: Clock, limit: number, maxWaiting: number) {
    this.#limit = limit;
    this.#line = new WaitingLine(clock, maxWaiting);
  }

  /** Calls under way. */
  get takenCount(): number {
    return this.#taken;
  }

  /** Calls that wait for their turn. */
  get waitingCount(): number {
    return this.#line.length;
  }

  /** Take a slot now, if one is free and nobody waits for it: the whole of the fast path. */
  tryTake(): boolean {
    if (this.#taken >= this.#limit || this.#line.length > 0) return false;
    this.#taken += 1;
    return true;
  }

  /**
   * Wait in order for a slot. True when there is one; false when the slots were dissolved, and the turn has to be taken
   * where calls go now.
   */
  take(wait: LineWait): Promise<boolean> {
    return this.tryTake() ? Promise.resolve(true) : this.#line.join(wait);
  }

  /** Give a slot back: the longest waiting call gets it. */
  release(): void {
    // Handed over, not freed and taken again: a call that comes in between must not overtake.
    if (!this.#line.admitNext(true)) this.#taken -= 1;
  }

  /** Calls go elsewhere from now on: send away those that wait, in order. Those under way give their slots back as ever. */
  dissolve(): void {
    this.#line.admitAll(false);
  }
}
