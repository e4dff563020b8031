/** What is kept of the questions of one server through all its epochs, so that a new epoch begins no new count. */

import type { Clock } from '../clock.ts';
import { ExpectedPages } from './expected-pages.ts';
import { Standstill } from './standstill.ts';
import { Turnstile } from './turnstile.ts';

/** The questions of one server. */
export class ServerQuestions {
  /** Its calls stand still while the host answers for it. */
  readonly standstill: Standstill;
  readonly elicitations: Turnstile;
  readonly samplings: Turnstile;
  readonly pages = new ExpectedPages();

  constructor(clock: Clock) {
    this.standstill = new Standstill(clock);
    this.elicitations = new Turnstile(clock);
    this.samplings = new Turnstile(clock);
  }
}
