/**
 * How many servers of this process start at once. A start is little else than computing: many at once take turns on the
 * processors, so that all of them are late and none is early, and cost more, because each pushes the others out of the
 * caches. Few at once serve one after the other, and the last of them no later.
 */

import { availableParallelism } from 'node:os';
import { type Clock, inNextTurn, systemClock } from '../../clock.ts';

const STARTS_PER_PROCESSOR = 3;
/**
 * The system holds up the host until a new process has been executed, ten milliseconds each on processors that are busy:
 * in between, those that run already are answered, and so is everybody else.
 */
const STARTS_PER_TURN = 8;
/** A server that says nothing for so long may wait for something else than a processor, and must not keep others waiting. */
const FIRST_WORD_MS = 100;

/** The place of one server that starts. */
export interface StartPlace {
  /** It speaks, or has ended. Idempotent. */
  readonly leave: () => void;
}

/** Places for servers that start. They are had in the order in which they were asked for. */
export class StartWindow {
  readonly #size: number;
  readonly #clock: Clock;
  readonly #waiting: ((place: StartPlace) => void)[] = [];
  #taken = 0;
  #takenInTurn = 0;

  constructor(size: number, clock: Clock) {
    this.#size = size;
    this.#clock = clock;
  }

  /** Take a place, at once where one is free. It is given up after a while, whether or not it was left. Never rejects. */
  enter(): StartPlace | Promise<StartPlace> {
    if (this.#waiting.length === 0 && this.#hasRoom) return this.#take();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  get #hasRoom(): boolean {
    return this.#taken < this.#size && this.#takenInTurn < STARTS_PER_TURN;
  }

  #take(): StartPlace {
    this.#taken += 1;
    this.#takenInTurn += 1;
    if (this.#takenInTurn === 1) inNextTurn(() => this.#turn());
    let isTaken = true;
    const leave = () => {
      if (!isTaken) return;
      isTaken = false;
      this.#clock.clearTimeout(timer);
      this.#taken -= 1;
      this.#admit();
    };
    const timer = this.#clock.setTimeout(leave, FIRST_WORD_MS);
    return { leave };
  }

  #turn(): void {
    this.#takenInTurn = 0;
    this.#admit();
  }

  #admit(): void {
    while (this.#hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next(this.#take());
    }
  }
}

/** The window of this process: processors are what they share, whichever supervisor they belong to. */
export const startWindow = new StartWindow(STARTS_PER_PROCESSOR * availableParallelism(), systemClock);
