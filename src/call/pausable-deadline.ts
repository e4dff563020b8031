/**
 * The deadline of a call whose server may ask a person, or that has a bound of its own on silence: both stand still
 * while a person answers. What waits for the call is told by the signal, which the caller's own signal aborts too.
 */

import type { Standstill } from '../asking/standstill.ts';
import type { Clock } from '../clock.ts';
import { PausableTimer } from './pausable-timer.ts';

/** What a call allows itself, in milliseconds. */
export interface CallAllowance {
  readonly timeoutMs: number;
  readonly idleTimeoutMs: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The deadline of one call. */
export class PausableDeadline {
  readonly #clock: Clock;
  readonly #standstill: Standstill;
  readonly #idleTimeoutMs: number | undefined;
  readonly #total: PausableTimer;
  readonly #controller = new AbortController();
  readonly #callersSignal: AbortSignal | undefined;
  readonly #abort: () => void;
  #passedMs: number | undefined;

  constructor(clock: Clock, standstill: Standstill, { timeoutMs, idleTimeoutMs, signal }: CallAllowance) {
    this.#clock = clock;
    this.#standstill = standstill;
    this.#idleTimeoutMs = idleTimeoutMs;
    this.#total = new PausableTimer(clock, standstill, timeoutMs, () => this.#pass(timeoutMs));
    this.#callersSignal = signal;
    this.#abort = () => this.#controller.abort(signal?.reason);
    signal?.addEventListener('abort', this.#abort, { once: true });
    if (signal?.aborted) this.#abort();
  }

  /** Aborted when the deadline passes, and when the caller aborts. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The bound that was passed, in milliseconds; nothing while none is. */
  get passedMs(): number | undefined {
    return this.#passedMs;
  }

  /** What is left of the whole, in milliseconds. */
  get leftMs(): number {
    return this.#total.leftMs;
  }

  /** A request was sent: its silence counts from now on, where it is bounded. Stop it with the request. */
  sent(): PausableTimer | undefined {
    const idleTimeoutMs = this.#idleTimeoutMs;
    if (idleTimeoutMs === undefined) return undefined;
    return new PausableTimer(this.#clock, this.#standstill, idleTimeoutMs, () => this.#pass(idleTimeoutMs));
  }

  /** The call has ended. */
  stop(): void {
    this.#total.stop();
    this.#callersSignal?.removeEventListener('abort', this.#abort);
  }

  #pass(afterMs: number): void {
    if (this.signal.aborted) return;
    this.#passedMs = afterMs;
    this.#controller.abort();
  }
}
