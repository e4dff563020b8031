/**
 * Hands events to listeners, in order, outside of the turn in which they happened: a listener that throws, rejects
 * or is slow cannot touch what it is told about.
 */

import type { Clock } from '../clock.ts';
import { EventStream } from './event-stream.ts';
import type { RuntimeEvent, RuntimeEventName, RuntimeEventOf } from './runtime-event.ts';

/** A function that is given events. What it returns is ignored, a rejection included. */
export type Listener<N extends RuntimeEventName> = (event: RuntimeEventOf<N>) => unknown;

/** Distributes events. */
export class EventBus {
  readonly #clock: Clock;
  readonly #bufferSize: number;
  readonly #listeners = new Map<RuntimeEventName, Set<(event: RuntimeEvent) => unknown>>();
  readonly #streams = new Set<EventStream>();
  #queue: RuntimeEvent[] = [];

  constructor(clock: Clock, bufferSize: number) {
    this.#clock = clock;
    this.#bufferSize = bufferSize;
  }

  /** Listen. Returns how to stop listening. */
  on<N extends RuntimeEventName>(name: N, listener: Listener<N>): () => void {
    const key = name === 'state' ? 'state.changed' : name;
    // A wrapper of its own, so that a function that listens twice can stop listening once.
    const own = (event: RuntimeEvent) => listener(event as RuntimeEventOf<N>);
    const listeners = this.#listeners.get(key) ?? new Set();
    this.#listeners.set(key, listeners.add(own));
    return () => {
      listeners.delete(own);
    };
  }

  /** All events from now on, as a stream that drops the oldest when its consumer is too slow. */
  stream(): EventStream {
    const stream = new EventStream(this.#clock, this.#bufferSize, () => this.#streams.delete(stream));
    this.#streams.add(stream);
    return stream;
  }

  /** Make an event known. Never throws, and returns before any listener is called. */
  publish(event: RuntimeEvent): void {
    this.#queue.push(event);
    if (this.#queue.length === 1) queueMicrotask(() => this.#flush());
  }

  /** Deliver what is left, then end all streams. */
  close(): void {
    this.#flush();
    for (const stream of [...this.#streams]) stream.end();
  }

  #flush(): void {
    const events = this.#queue;
    this.#queue = [];
    for (const event of events) {
      for (const stream of this.#streams) stream.push(event);
      this.#deliver(this.#listeners.get(event.type), event);
      this.#deliver(this.#listeners.get('*'), event);
    }
  }

  #deliver(listeners: Set<(event: RuntimeEvent) => unknown> | undefined, event: RuntimeEvent): void {
    if (listeners === undefined) return;
    for (const listener of [...listeners]) {
      try {
        const result = listener(event);
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(event, error));
      } catch (error) {
        this.#failed(event, error);
      }
    }
  }

  #failed(event: RuntimeEvent, error: unknown): void {
    // A listener that fails on being told of failures would be told for ever.
    if (event.type === 'listener.failed') return;
    this.publish({
      type: 'listener.failed',
      server: undefined,
      epoch: undefined,
      atMs: this.#clock.now(),
      event: event.type,
      error: error instanceof Error ? error.name : typeof error,
    });
  }
}
