/** Whether a server may be asked for signs of life now, as its connection commands. */

import type { PulseState } from '../link/link.ts';
import type { PulseCommand } from './events.ts';

/** What was commanded about the signs of life of one epoch. */
export class PulseHold implements PulseState {
  #isHeld = false;
  #commands = 0;

  get isHeld(): boolean {
    return this.#isHeld;
  }

  get phase(): number {
    return this.#commands;
  }

  obey({ type }: PulseCommand): void {
    this.#commands += 1;
    this.#isHeld = type === 'pulse.hold';
  }
}
