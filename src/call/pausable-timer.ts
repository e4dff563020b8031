/** A timer that stands still with its server. */

import type { Standstill } from '../asking/standstill.ts';
import { type Clock, MAX_TIMER_MS, type Timer } from '../clock.ts';

/** Calls back once, when so much time has passed in which the server's time did not stand still. */
export class PausableTimer {
  readonly #clock: Clock;
  readonly #standstill: Standstill;
  readonly #durationMs: number;
  readonly #passed: () => void;
  readonly #unwatch: () => void;
  #startedAtMs = 0;
  #timer: Timer | undefined;

  constructor(clock: Clock, standstill: Standstill, durationMs: number, passed: () => void) {
    this.#clock = clock;
    this.#standstill = standstill;
    this.#durationMs = Math.min(durationMs, MAX_TIMER_MS);
    this.#passed = passed;
    this.#unwatch = standstill.watch(() => this.#set());
    this.restart();
  }

  /** What is left, in milliseconds. */
  get leftMs(): number {
    return this.#startedAtMs + this.#durationMs - this.#nowMs;
  }

  /** Begin anew, with the whole duration. */
  restart(): void {
    this.#startedAtMs = this.#nowMs;
    this.#set();
  }

  /** Never call back. Idempotent. */
  stop(): void {
    this.#clear();
    this.#unwatch();
  }

  /** Time as the server's calls see it. */
  get #nowMs(): number {
    return this.#clock.monotonic() - this.#standstill.totalMs;
  }

  #set(): void {
    this.#clear();
    if (!this.#standstill.isOn) this.#timer = this.#clock.setTimeout(() => this.#pass(), Math.max(0, this.leftMs));
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #pass(): void {
    this.stop();
    this.#passed();
  }
}
