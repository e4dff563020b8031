/** The events as an async iterable, for one consumer: bounded, and honest about what it dropped. */

import type { Clock } from '../clock.ts';
import type { RuntimeEvent } from './runtime-event.ts';

type Take = (result: IteratorResult<RuntimeEvent, undefined>) => void;

const END: IteratorResult<RuntimeEvent, undefined> = { done: true, value: undefined };

/** A stream of events for one consumer. Leaving the loop ends it. */
export class EventStream implements AsyncIterableIterator<RuntimeEvent, undefined> {
  readonly #clock: Clock;
  readonly #size: number;
  readonly #ended: () => void;
  readonly #buffer: RuntimeEvent[] = [];
  readonly #takers: Take[] = [];
  #dropped = 0;
  #isEnded = false;

  constructor(clock: Clock, size: number, ended: () => void) {
    this.#clock = clock;
    this.#size = size;
    this.#ended = ended;
  }

  /** Give it an event. */
  push(event: RuntimeEvent): void {
    if (this.#isEnded) return;
    const take = this.#takers.shift();
    if (take !== undefined) {
      take({ done: false, value: event });
      return;
    }
    this.#buffer.push(event);
    if (this.#buffer.length <= this.#size) return;
    this.#buffer.shift();
    this.#dropped += 1;
  }

  /** End it; what is buffered can still be taken. */
  end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#ended();
    for (const take of this.#takers.splice(0)) take(END);
  }

  next(): Promise<IteratorResult<RuntimeEvent, undefined>> {
    if (this.#dropped > 0) {
      const count = this.#dropped;
      this.#dropped = 0;
      const about = { server: undefined, epoch: undefined, atMs: this.#clock.now() };
      return Promise.resolve({ done: false, value: { type: 'events.dropped', ...about, count } });
    }
    const event = this.#buffer.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#isEnded) return Promise.resolve(END);
    return new Promise((resolve) => this.#takers.push(resolve));
  }

  return(): Promise<IteratorResult<RuntimeEvent, undefined>> {
    this.#buffer.length = 0;
    this.#dropped = 0;
    this.end();
    return Promise.resolve(END);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
