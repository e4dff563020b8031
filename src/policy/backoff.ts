/**
 * How long to wait before the next try. Pure: time and chance come in as arguments, nothing waits here. Used
 * by a connection between two epochs and by a call between two attempts.
 */

import type { Random } from '../clock.ts';
import type { BackoffPolicy } from '../config/effective.ts';

/**
 * Decide how long to wait after attempt number `attempt` failed.
 *
 * Jitter is drawn after the cap, over the whole range: servers that all reached the cap still come back one by
 * one instead of together.
 *
 * **Units** milliseconds, whole; `attempt` counts from 1, and anything below counts as 1.
 * **Bounds** `0 <= result < policy.maxMs`, for every attempt up to `Number.MAX_SAFE_INTEGER`.
 * **Source** full jitter, as in AWS "Exponential Backoff and Jitter".
 */
export function backoffDelayMs(policy: BackoffPolicy, attempt: number, random: Random): number {
  return Math.floor(random() * cappedMs(policy, attempt));
}

/**
 * Decide how long to wait when the server may have said how long.
 *
 * `Retry-After` wins: the result is never below it. Up to one `baseMs` of jitter lies on top of it, because every
 * client of that server was told the same second.
 *
 * **Units** milliseconds, whole.
 * **Bounds** with `askedMs = min(retryAfterMs, policy.retryAfterMaxMs)`: at least `askedMs`, at most
 * `max(policy.maxMs, askedMs + policy.baseMs)`.
 * **Source** RFC 9110, section 10.2.3.
 */
export function nextDelayMs(policy: BackoffPolicy, attempt: number, random: Random, retryAfterMs?: number): number {
  const share = random();
  const drawnMs = Math.floor(share * cappedMs(policy, attempt));
  // Written so that a NaN, which a sloppy header parser may produce, counts as no header.
  if (retryAfterMs === undefined || !(retryAfterMs > 0)) return drawnMs;
  const askedMs = Math.ceil(Math.min(retryAfterMs, policy.retryAfterMaxMs));
  return Math.max(drawnMs, askedMs + Math.floor(share * policy.baseMs));
}

/**
 * Spread a delay by half of itself in both directions, so that many that were begun together end one by one.
 *
 * **Units** milliseconds, whole. **Bounds** `delayMs / 2 <= result < delayMs * 1.5`.
 */
export function spreadMs(delayMs: number, random: Random): number {
  return Math.floor(delayMs * (0.5 + random()));
}

function cappedMs(policy: BackoffPolicy, attempt: number): number {
  // The power overflows to Infinity for late attempts; the cap makes that harmless.
  return Math.min(policy.maxMs, policy.baseMs * policy.factor ** Math.max(0, attempt - 1));
}
