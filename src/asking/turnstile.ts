/** How much of one kind a server may have the host asked: so many at once, so many in a minute. Sets no timer. */

import type { Clock } from '../clock.ts';
import { MinuteBudget } from '../policy/minute-budget.ts';

/** What may be asked. */
export interface Admission {
  /** That wait for an answer at once. */
  readonly maxWaiting: number;
  readonly maxPerMinute: number;
}

/** Whether a question is let in. `too-many` is said once, until one is let in again. */
export type Entrance = 'in' | 'too-many' | 'still-too-many';

/** Counts the questions of one kind of one server, through all its epochs. */
export class Turnstile {
  readonly #budget: MinuteBudget;
  #waitingCount = 0;
  #isFlooded = false;

  constructor(clock: Clock) {
    this.#budget = new MinuteBudget(clock);
  }

  /** Let one more in, which has to `leave` again. */
  enter({ maxWaiting, maxPerMinute }: Admission): Entrance {
    if (this.#waitingCount < maxWaiting && this.#budget.take(maxPerMinute)) {
      this.#waitingCount += 1;
      this.#isFlooded = false;
      return 'in';
    }
    if (this.#isFlooded) return 'still-too-many';
    this.#isFlooded = true;
    return 'too-many';
  }

  leave(): void {
    this.#waitingCount -= 1;
  }
}
