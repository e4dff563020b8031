/** Reads the `Retry-After` header. Pure. */

import { MAX_TIMER_MS } from '../../clock.ts';

const SECONDS = /^\d{1,15}$/;

/**
 * Say how long a server asks us to wait, as seconds or as an HTTP date.
 *
 * **Units** milliseconds from `nowMs`, which is in milliseconds since the Unix epoch.
 * **Bounds** `0 <= result <= MAX_TIMER_MS`, and how much of it is obeyed is an option of the server; `undefined` when the header is absent or not understood.
 * **Source** RFC 9110, section 10.2.3.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  const delayMs = SECONDS.test(text) ? Number(text) * 1_000 : dateMs(text) - nowMs;
  if (Number.isNaN(delayMs)) return undefined;
  return Math.min(MAX_TIMER_MS, Math.max(0, delayMs));
}

function dateMs(text: string): number {
  // Every form of an HTTP date begins with a weekday; without this, `Date.parse` takes numbers for years.
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}
