/** A request of which only the head of the answer is wanted: a notification, a DELETE, a check. */

import type { Clock } from '../../clock.ts';
import { FaultError } from '../../fault.ts';
import type { Exchange, ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import type { SocketPool } from './socket-pool.ts';

/** How long a message that wants no reply may wait to be accepted. */
export const ACCEPTANCE_TIMEOUT_MS = 30_000;

/** How long telling a server that a request was cancelled may take; nobody waits for it. */
export const CANCELLATION_TIMEOUT_MS = 5_000;

/** How long a message of a method, or a response of ours (no method), may wait to be accepted. */
export function acceptanceTimeoutMs(method: string | undefined): number {
  return method === 'notifications/cancelled' ? CANCELLATION_TIMEOUT_MS : ACCEPTANCE_TIMEOUT_MS;
}

/**
 * Make a request and resolve with the head of its answer; the body is let go.
 *
 * **Units** `timeoutMs` in milliseconds.
 * **Errors** rejects with `FaultError`: `unreachable`, `closed`, or `write-stalled` when no head came in time.
 */
export function roundTrip(
  pool: SocketPool,
  clock: Clock,
  request: HttpRequest,
  timeoutMs: number,
): Promise<ResponseHead> {
  return new Promise((resolve, reject) => {
    const timer = clock.setTimeout(() => {
      const queuedBytes = Buffer.byteLength(request.body ?? '');
      exchange.fail(new FaultError({ kind: 'write-stalled', queuedBytes }, exchange.wasSent ? 'unknown' : 'not-sent'));
    }, timeoutMs);
    const exchange: Exchange = pool.open(request, {
      responded: (head) => {
        clock.clearTimeout(timer);
        pool.linger(exchange);
        resolve(head);
        return undefined;
      },
      failed: (error) => {
        clock.clearTimeout(timer);
        reject(error);
      },
    });
  });
}
