/**
 * Time and chance, as arguments. Nothing else in the library starts a timer, reads the time or draws a
 * random number, so a test can drive every delay and a simulated clock sees all of them.
 */

/** A timer that was set and not yet cleared; opaque to the caller. */
export type Timer = object | number;

/** Where the library gets the time from, and where it sets its timers. Fits XState's own `Clock`. */
export interface Clock {
  /** Milliseconds since the Unix epoch, for people and for stamps. It jumps when the host slept or its clock is set. */
  now(): number;
  /**
   * Milliseconds since some moment, for durations and deadlines. Never goes back; stands still while the host sleeps,
   * where the system can tell, and so do the timers.
   */
  monotonic(): number;
  setTimeout(callback: () => void, delayMs: number): Timer;
  clearTimeout(timer: Timer): void;
}

/** Draws a number in `[0, 1)`. */
export type Random = () => number;

/** Longest delay a timer can hold (24.8 days), in milliseconds; a longer one would fire at once. */
export const MAX_TIMER_MS = 2_147_483_647;

/** The clock of the host. Longer delays than a timer can hold are cut to that. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, Math.min(delayMs, MAX_TIMER_MS)),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/** The chance of the host. */
export const systemRandom: Random = () => Math.random();

/** Run something in the next turn of the event loop, when what has arrived meanwhile is taken. That is no time: it is the same on every clock. */
export function inNextTurn(callback: () => void): void {
  setImmediate(callback);
}
