/**
 * How many servers of this process start at once. A start is little else than computing: many at once take turns on the
 * processors, so that all of them are late and none is early, and cost more, because each pushes the others out of the
 * caches. Few at once serve one after the other, and the last of them no later.
 */

import { availableParallelism } from 'node:os';
import { type Clock, inNextTurn, systemClock, type Timer } from '../../clock.ts';
import { idleShare, type ProcessorTimes, processorTimes } from './processors.ts';

const STARTS_PER_PROCESSOR = 3;
/**
 * The system holds up the host until a new process has been executed, ten milliseconds each on processors that are busy:
 * in between, those that run already are answered, and so is everybody else.
 */
const STARTS_PER_TURN = 8;
/** How often it is looked, while others wait, whether a server that said nothing all the time keeps them waiting in vain. */
const LOOK_MS = 100;
/** With so much of the processors idle, servers that start wait for something else. */
const IDLE_SHARE = 0.25;
/** A server that says nothing for so long keeps nobody waiting, however much there is to compute. */
const SILENCE_MS = 1_000;

/** The place of one server that starts. */
export interface StartPlace {
  /** It speaks, or has ended. Idempotent. */
  readonly leave: () => void;
}

interface Place extends StartPlace {
  readonly sinceMs: number;
}

/** What a window looks at. */
export interface StartWindowSetup {
  readonly clock: Clock;
  readonly processors: () => ProcessorTimes;
}

/** Places for servers that start. They are had in the order in which they were asked for. */
export class StartWindow {
  readonly #size: number;
  readonly #setup: StartWindowSetup;
  readonly #waiting: ((place: StartPlace) => void)[] = [];
  readonly #taken = new Set<Place>();
  #takenInTurn = 0;
  #look: Timer | undefined;

  constructor(size: number, setup: StartWindowSetup) {
    this.#size = size;
    this.#setup = setup;
  }

  /** Take a place, at once where one is free. It is given up after a while, whether or not it was left. Never rejects. */
  enter(): StartPlace | Promise<StartPlace> {
    if (this.#waiting.length === 0 && this.#hasRoom) return this.#take();
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#watch();
    });
  }

  get #hasRoom(): boolean {
    return this.#taken.size < this.#size && this.#takenInTurn < STARTS_PER_TURN;
  }

  #take(): StartPlace {
    this.#takenInTurn += 1;
    if (this.#takenInTurn === 1) inNextTurn(() => this.#turn());
    const leave = () => {
      if (this.#taken.delete(place)) this.#admit();
    };
    const place: Place = { sinceMs: this.#setup.clock.monotonic(), leave };
    this.#taken.add(place);
    return place;
  }

  #turn(): void {
    this.#takenInTurn = 0;
    this.#admit();
  }

  #admit(seen?: ProcessorTimes): void {
    while (this.#hasRoom) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      next(this.#take());
    }
    if (this.#waiting.length === 0) this.#rest();
    else this.#watch(seen);
  }

  /** Look again in a while, as long as somebody waits for a place that is taken. */
  #watch(seen?: ProcessorTimes): void {
    if (this.#look !== undefined || this.#taken.size < this.#size) return;
    const { clock, processors } = this.#setup;
    const silent = [...this.#taken];
    const before = seen ?? processors();
    this.#look = clock.setTimeout(() => {
      this.#look = undefined;
      const after = processors();
      const isIdle = idleShare(before, after) > IDLE_SHARE;
      const nowMs = clock.monotonic();
      for (const place of silent) if (isIdle || nowMs - place.sinceMs >= SILENCE_MS) this.#taken.delete(place);
      this.#admit(after);
    }, LOOK_MS);
  }

  #rest(): void {
    if (this.#look !== undefined) this.#setup.clock.clearTimeout(this.#look);
    this.#look = undefined;
  }
}

/** The window of this process: processors are what they share, whichever supervisor they belong to. */
export const startWindow = new StartWindow(STARTS_PER_PROCESSOR * availableParallelism(), {
  clock: systemClock,
  processors: processorTimes,
});
