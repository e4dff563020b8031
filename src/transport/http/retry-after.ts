/** Reads the `Retry-After` header. Pure. */

/** A server may ask for an hour; what it asks for beyond that is decided by the connection's own backoff. */
export const RETRY_AFTER_MAX_MS = 3_600_000;

const SECONDS = /^\d{1,15}$/;

/**
 * Say how long a server asks us to wait, as seconds or as an HTTP date.
 *
 * **Units** milliseconds from `nowMs`, which is in milliseconds since the Unix epoch.
 * **Bounds** `0 <= result <= RETRY_AFTER_MAX_MS`; `undefined` when the header is absent or not understood.
 * **Source** RFC 9110, section 10.2.3.
 */
export function parseRetryAfter(value: string | undefined, nowMs: number): number | undefined {
  const text = value?.trim();
  if (text === undefined || text === '') return undefined;
  const delayMs = SECONDS.test(text) ? Number(text) * 1_000 : dateMs(text) - nowMs;
  if (Number.isNaN(delayMs)) return undefined;
  return Math.min(RETRY_AFTER_MAX_MS, Math.max(0, delayMs));
}

function dateMs(text: string): number {
  // Every form of an HTTP date begins with a weekday; without this, `Date.parse` takes numbers for years.
  return /^[A-Z][a-z]{2,8},? /.test(text) ? Date.parse(text) : Number.NaN;
}
