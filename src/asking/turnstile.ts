/** How much of one kind a server may have the host asked: so many at once. Sets no timer. */

/** What may be asked. */
export interface Admission {
  /** That wait for an answer at once. */
  readonly maxWaiting: number;
}

/** Whether a question is let in. `too-many` is said once, until one is let in again and has left. */
export type Entrance = 'in' | 'too-many' | 'still-too-many';

/** Counts the questions of one kind of one server, through all its epochs. */
export class Turnstile {
  #waitingCount = 0;
  #isFlooded = false;

  /** Let one more in, which has to `leave` again. */
  enter({ maxWaiting }: Admission): Entrance {
    if (this.#waitingCount < maxWaiting) {
      this.#waitingCount += 1;
      return 'in';
    }
    if (this.#isFlooded) return 'still-too-many';
    this.#isFlooded = true;
    return 'too-many';
  }

  leave(): void {
    this.#waitingCount -= 1;
    this.#isFlooded = false;
  }
}
