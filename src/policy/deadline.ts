/**
 * Bounded waiting. Owns the timers of the waits that are neither a machine's nor an Effect's; every timer is set
 * on the given clock and cleared on every way out.
 */

import { type Clock, MAX_TIMER_MS } from '../clock.ts';

/** What a bounded wait saw. */
export type Settlement<T> = { readonly settled: true; readonly value: T } | { readonly settled: false };

/**
 * Wait for a promise, for at most `timeoutMs`.
 *
 * The promise goes on by itself after the deadline; when it rejects later, nobody is bothered.
 *
 * **Units** milliseconds, cut to what a timer can hold (24.8 days).
 * **Errors** rejects with the promise's own reason when it rejects in time.
 */
export async function withDeadline<T>(
  clock: Clock,
  promise: PromiseLike<T>,
  timeoutMs: number,
): Promise<Settlement<T>> {
  let pass = (): void => {};
  const deadline = new Promise<Settlement<T>>((resolve) => {
    pass = () => resolve({ settled: false });
  });
  const timer = clock.setTimeout(() => pass(), timerMs(timeoutMs));
  try {
    // The race listens to both to the end, so a late rejection is never unhandled.
    return await Promise.race([promise.then((value): Settlement<T> => ({ settled: true, value })), deadline]);
  } finally {
    clock.clearTimeout(timer);
  }
}

/**
 * Wait for `delayMs`.
 *
 * **Units** milliseconds, cut to what a timer can hold (24.8 days).
 * **Cancels** aborting the signal clears the timer and rejects with the signal's reason; one that is aborted already
 * sets no timer at all.
 */
export async function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve) => {
    // A signal may outlive thousands of waits; a listener left behind would outlive them too.
    const wake = (): void => {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', wake);
      resolve();
    };
    const timer = clock.setTimeout(wake, timerMs(delayMs));
    signal?.addEventListener('abort', wake);
  });
  signal?.throwIfAborted();
}

function timerMs(delayMs: number): number {
  return Math.min(Math.max(0, delayMs), MAX_TIMER_MS);
}
