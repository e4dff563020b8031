/** What the status of an answer means for the request that got it. Pure; looks at the head only, never at a body. */

import { FaultError } from '../../fault.ts';
import type { ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { parseRetryAfter } from './retry-after.ts';

/** Whether the server took the request on. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}

/**
 * Whether an answer that is no success may hold the server's own error as its body, which then says more. What is about
 * credentials or rates is the business of whoever guards the server, and so is every 5xx.
 * **Source** MCP 2026-07-28, "Transports", "Error Responses".
 */
export function mayHoldError(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 403 && status !== 407 && status !== 429;
}

/** Whether the answer sends us elsewhere. 304 and 300 are no redirects of a request that must be made anew. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

/**
 * Turn a status that is no success into a fault.
 *
 * **Outcome** `refused` for everything the server says it did not take on: 3xx, 4xx, and 503 with `Retry-After`.
 * `unknown` for other 5xx: the server, or a proxy on the way, may have failed after the request had run.
 * **Source** MCP 2025-11-25, Streamable HTTP, "Session Management": 404 with a session means that it is lost.
 */
export function statusFault(head: ResponseHead, holdsSession: boolean, nowMs: number): FaultError {
  const { status } = head;
  if (status === 401 || status === 403) return new FaultError({ kind: 'unauthorized', status }, 'refused');
  if (status === 404 && holdsSession) return new FaultError({ kind: 'session-lost', status }, 'refused');
  const asksToWait = status === 429 || status === 503;
  const retryAfterMs = asksToWait ? parseRetryAfter(head.header('retry-after'), nowMs) : undefined;
  const isRefused = status < 500 || retryAfterMs !== undefined;
  return new FaultError(
    { kind: 'http-status', status, ...(retryAfterMs === undefined ? undefined : { retryAfterMs }) },
    isRefused ? 'refused' : 'unknown',
  );
}

/**
 * Whether a redirect leads away from the origin that was asked, as the SDK's `same-origin` policy sees it: the same
 * scheme, host and port stay, and so does the step from http to https of one host on the default ports.
 */
export function leavesOrigin(head: ResponseHead, from: URL): boolean {
  const location = head.header('location');
  if (location === undefined || !URL.canParse(location, from.href)) return false;
  return !isSameOrigin(from, new URL(location, from));
}

/**
 * Whether the SDK may follow a redirect: within the origin, and never with another method. It has the last word, since
 * it counts the hops too.
 */
export function isFollowable(head: ResponseHead, { url, method }: HttpRequest): boolean {
  const keepsMethod = head.status === 307 || head.status === 308 || method === 'GET';
  return isRedirect(head.status) && keepsMethod && head.header('location') !== undefined && !leavesOrigin(head, url);
}

/** Whether two URLs belong together, the step from http to https of one host on the default ports included. */
export function isSameOrigin(from: URL, to: URL): boolean {
  if (from.origin === to.origin) return true;
  const isUpgrade = from.protocol === 'http:' && to.protocol === 'https:';
  return isUpgrade && from.hostname === to.hostname && from.port === '' && to.port === '';
}
