/**
 * A clock that stands still until a test moves it. Fits XState's own clock, so that machines, waits and deadlines
 * share one time. Between two timers it lets promises and Effect fibers come to rest, which is what time would do.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock, Timer } from '../clock.ts';

interface Alarm {
  readonly atMs: number;
  readonly callback: () => void;
}

/** Turns of the event loop after which nothing of ours moves any more; each hop between fibers takes one. */
const TURNS = 12;

/** A clock for tests. */
export class SimulatedClock implements Clock {
  readonly #alarms = new Set<Alarm>();
  /** What has passed since the start, on which alarms are set. */
  #elapsedMs = 0;
  /** What the clock on the wall shows beyond that. */
  #offsetMs: number;

  /** **Units** milliseconds since the Unix epoch; 0 keeps the numbers in assertions short. */
  constructor(startMs = 0) {
    this.#offsetMs = startMs;
  }

  /** How many timers are set. */
  get pendingCount(): number {
    return this.#alarms.size;
  }

  /** In how many milliseconds each set timer fires, soonest first. */
  get pendingInMs(): number[] {
    return [...this.#alarms].map((alarm) => alarm.atMs - this.#elapsedMs).sort((a, b) => a - b);
  }

  now(): number {
    return this.#elapsedMs + this.#offsetMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimeout(callback: () => void, delayMs: number): Timer {
    const alarm = { atMs: this.#elapsedMs + Math.max(0, delayMs), callback };
    this.#alarms.add(alarm);
    return alarm;
  }

  clearTimeout(timer: Timer): void {
    this.#alarms.delete(timer as Alarm);
  }

  /** Let time pass: run what falls due, in order, and let everything come to rest after each. */
  async advance(delayMs: number): Promise<void> {
    await this.settle();
    const untilMs = this.#elapsedMs + delayMs;
    for (let next = this.#due(untilMs); next !== undefined; next = this.#due(untilMs)) {
      this.#alarms.delete(next);
      this.#elapsedMs = next.atMs;
      next.callback();
      await this.settle();
    }
    this.#elapsedMs = untilMs;
    await this.settle();
  }

  /** Let promises and fibers come to rest without any time passing. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await nextTurn();
  }

  /** Set the clock on the wall, forward or back, without any timer noticing: what a host that slept sees. */
  set(nowMs: number): void {
    this.#offsetMs = nowMs - this.#elapsedMs;
  }

  #due(untilMs: number): Alarm | undefined {
    let first: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.atMs <= untilMs && (first === undefined || alarm.atMs < first.atMs)) first = alarm;
    }
    return first;
  }
}
