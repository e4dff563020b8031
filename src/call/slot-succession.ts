/** The slots of a server while its bounds change: calls under way give back what they took, wherever calls go now. */

import type { Clock } from '../clock.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import { Slots } from './slots.ts';

type Bounds = Pick<SupervisionPlan, 'maxConcurrent' | 'maxQueued'>;

/** All slots of one server. */
export class SlotSuccession {
  readonly #clock: Clock;
  #present: Slots;
  /** Taken over from, with calls under way. */
  #former: readonly Slots[] = [];

  constructor(clock: Clock, bounds: Bounds) {
    this.#clock = clock;
    this.#present = this.#slots(bounds);
  }

  /** Where calls take their turn now. */
  get present(): Slots {
    return this.#present;
  }

  /** Calls under way, by whatever bounds they began. */
  get takenCount(): number {
    return [...this.#former, this.#present].reduce((sum, { takenCount }) => sum + takenCount, 0);
  }

  /** Calls from now on have these bounds; those that wait for their turn take it there. */
  renew(bounds: Bounds): void {
    const before = this.#present;
    this.#present = this.#slots(bounds);
    this.#former = [...this.#former, before].filter(({ takenCount }) => takenCount > 0);
    before.dissolve();
  }

  #slots({ maxConcurrent, maxQueued }: Bounds): Slots {
    return new Slots(this.#clock, maxConcurrent, maxQueued);
  }
}
