/**
 * Says what an answer that is no success means, asking the server once more where its status alone does not tell:
 * many servers answer 400, not 404, to a session that they do not know.
 */

import type { Clock } from '../../clock.ts';
import { FaultError } from '../../fault.ts';
import type { ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import { isRedirect, leavesOrigin, statusFault } from './http-status.ts';
import { roundTrip } from './round-trip.ts';
import type { SocketPool } from './socket-pool.ts';

/** The id of the ping that checks a session; replies to it are for nobody. */
export const SESSION_CHECK_ID = 'mcp-supervisor/session-check';

/** How long a session may take to prove that it lives, before a 400 counts as what it says. */
export const SESSION_CHECK_TIMEOUT_MS = 5_000;

const PING = JSON.stringify({ jsonrpc: '2.0', id: SESSION_CHECK_ID, method: 'ping' });

/** Judges the answers of one server. */
export class AnswerJudge {
  #check: Promise<boolean> | undefined;

  constructor(
    private readonly pool: SocketPool,
    private readonly clock: Clock,
  ) {}

  /**
   * Say which fault an answer is. `request` is what it answers; `holdsSession` whether that named a session.
   *
   * A 400 to a session is `session-lost` when a ping with the same session gets 400 or 404 too: a bad request fails
   * alone, a lost session fails all of them.
   */
  async judge(head: ResponseHead, request: HttpRequest, holdsSession: boolean): Promise<FaultError> {
    const { status } = head;
    if (isRedirect(status) && leavesOrigin(head, request.url)) {
      return new FaultError({ kind: 'foreign-redirect', status }, 'refused');
    }
    if (status === 400 && holdsSession && (await this.#isSessionDead(request))) {
      return new FaultError({ kind: 'session-lost', status }, 'refused');
    }
    return statusFault(head, holdsSession, this.clock.now());
  }

  /** One check at a time: a lost session fails many requests at once. */
  #isSessionDead(request: HttpRequest): Promise<boolean> {
    this.#check ??= this.#ping(request).finally(() => {
      this.#check = undefined;
    });
    return this.#check;
  }

  async #ping({ url, headers }: HttpRequest): Promise<boolean> {
    const { 'last-event-id': _, ...rest } = headers;
    const request: HttpRequest = {
      url,
      method: 'POST',
      headers: { ...rest, accept: 'application/json, text/event-stream', 'content-type': 'application/json' },
      body: PING,
    };
    try {
      const { status } = await roundTrip(this.pool, this.clock, request, SESSION_CHECK_TIMEOUT_MS);
      return status === 400 || status === 404;
    } catch {
      return false;
    }
  }
}
