/**
 * One direction of one line: passes what it is given on in order, each thing when it is due, nothing while the
 * direction is stalled. What waits is bounded by asking the source to pause, as a full socket does.
 */

import type { Readable, Writable } from 'node:stream';
import { systemClock, type Timer } from '../../clock.ts';
import type { Conditions, Direction } from './conditions.ts';

/** What a system buffers while the other end reads. */
const PASSING_BYTES = 64 * 1024;
/** What a half-open connection takes before it feels full. */
const HELD_BYTES = 4 * 1024 * 1024;

interface Step {
  readonly dueMs: number;
  readonly bytes: number;
  readonly run: () => unknown;
}

/** A queue of steps that the conditions can hold up. */
export class Passage {
  readonly #conditions: Conditions;
  readonly #direction: Direction;
  #steps: Step[] = [];
  #waitingBytes = 0;
  #isRunning = false;
  #isClosed = false;
  #timer: Timer | undefined;
  #resume: () => void = () => {};

  constructor(conditions: Conditions, direction: Direction) {
    this.#conditions = conditions;
    this.#direction = direction;
  }

  get isStalled(): boolean {
    return this.#conditions.stalled.has(this.#direction);
  }

  /** Do this after all that came before; a promise it returns is waited for. Nothing happens once it is closed. */
  pass(run: () => unknown, bytes = 0): void {
    if (this.#isClosed) return;
    this.#steps.push({ dueMs: systemClock.monotonic() + this.#conditions.delayMs, bytes, run });
    this.#waitingBytes += bytes;
    void this.#run();
  }

  /** Read a source to its end; the source is paused while too much waits. */
  feed(source: Readable, take: (chunk: Buffer) => unknown): void {
    source.on('data', (chunk: Buffer) => {
      this.pass(() => take(chunk), chunk.length);
      if (!this.#isFull()) return;
      source.pause();
      this.#resume = () => source.resume();
    });
  }

  /** Look again: the conditions have changed. */
  wake(): void {
    void this.#run();
  }

  /** Drop what waits, and pass nothing on any more. */
  close(): void {
    this.#isClosed = true;
    this.#steps = [];
    this.#waitingBytes = 0;
    if (this.#timer !== undefined) systemClock.clearTimeout(this.#timer);
    // What a closed passage takes is dropped, so its source can run dry.
    this.#resume();
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    for (let next = this.#steps[0]; next !== undefined && !this.isStalled; next = this.#steps[0]) {
      const leftMs = next.dueMs - systemClock.monotonic();
      if (leftMs > 0) {
        this.#sleep(leftMs);
        break;
      }
      this.#steps.shift();
      this.#waitingBytes -= next.bytes;
      await next.run();
      if (!this.#isFull()) this.#resume();
    }
    this.#isRunning = false;
  }

  #sleep(delayMs: number): void {
    if (this.#timer !== undefined) systemClock.clearTimeout(this.#timer);
    this.#timer = systemClock.setTimeout(() => this.wake(), delayMs);
  }

  #isFull(): boolean {
    const isHeld = this.isStalled || this.#conditions.delayMs > 0;
    return this.#waitingBytes > (isHeld ? HELD_BYTES : PASSING_BYTES);
  }
}

/** Write to a stream; resolves when it wants more, or is gone. */
export function writeTo(sink: Writable, chunk: string | Uint8Array): Promise<void> | undefined {
  if (sink.destroyed || sink.writableEnded || sink.write(chunk)) return undefined;
  return new Promise((resolve) => {
    const done = (): void => {
      sink.off('drain', done);
      sink.off('close', done);
      resolve();
    };
    sink.on('drain', done);
    sink.on('close', done);
  });
}
