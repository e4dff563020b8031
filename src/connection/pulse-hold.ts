/** Whether a server may be asked for signs of life now, as its connection commands. */

import type { PulseCommand } from './events.ts';

/** What was commanded about the signs of life of one epoch. */
export class PulseHold {
  #isHeld = false;
  #commands = 0;

  /** Whether none is to be asked for, and none that is missing counts. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** Another one after each command: a question counts for nothing when there was a command while it was open. */
  get phase(): number {
    return this.#commands;
  }

  obey({ type }: PulseCommand): void {
    this.#commands += 1;
    this.#isHeld = type === 'pulse.hold';
  }
}
