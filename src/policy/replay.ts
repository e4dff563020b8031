/**
 * Whether a failed request may be sent again, and when. Pure. Two questions, both must be answered with yes: can
 * it run twice (outcome and method), and is there hope that the next try ends differently (fault).
 */

import type { Random } from '../clock.ts';
import type { BackoffPolicy } from '../config/effective.ts';
import type { Fault, Outcome } from '../fault.ts';
import { assertNever } from './assert-never.ts';
import { nextDelayMs } from './backoff.ts';
import { isIncurable } from './incurable.ts';
import { isNetworkLoss } from './network-loss.ts';

/** Requests that only read: running one twice changes nothing. Closed, so that a new method is unsafe until listed. */
const READING_METHODS: ReadonlySet<string> = new Set([
  'completion/complete',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/templates/list',
  'server/discover',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tools/list',
]);

/** Statuses with which a gateway or a busy server asks for patience; enough for a request that only reads. */
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** From here on the pauses of a request that no network takes do not grow: there is no server to be spared. */
const LAST_GROWTH_WITHOUT_NETWORK = 3;

/** What else is known about the failed request. */
export interface ReplayFacts {
  /** Why it failed, where there is a fault. Without one, only safety decides. */
  readonly fault?: Fault | undefined;
  /** The caller, or a server the caller trusts, says that running it twice does no harm. */
  readonly idempotent?: boolean | undefined;
}

/**
 * Tell whether a failed request may be sent again.
 *
 * `not-sent` and `refused` cannot run twice; `unknown` is repeated only for requests that read or that were declared
 * idempotent; `failed-by-server` never, because it did run. Among these, only failures that may pass are
 * repeated: a lost connection, a lost session, 429 or 503 with `Retry-After`; for reads and idempotent requests
 * also 408, 429, 502, 503 and 504 without it.
 */
export function mayRepeat(method: string, outcome: Outcome, facts: ReplayFacts = {}): boolean {
  const harmless = READING_METHODS.has(method) || facts.idempotent === true;
  if (!isSafe(outcome, harmless)) return false;
  if (facts.fault === undefined) return true;
  // The fault of a request that never left is the link's, not its own: a new link is all it needs.
  if (outcome === 'not-sent') return facts.fault.kind !== 'closed' && !isIncurable(facts.fault);
  return isWorthRepeating(facts.fault, harmless);
}

/**
 * Decide how long to wait before the request is sent again.
 *
 * **Units** milliseconds, whole; `attempt` counts from 1. **Bounds** as `nextDelayMs`: a `Retry-After` wins. A session that was
 * lost is asked for anew by the connection, which the request waits for: the first time there is nothing else to wait for.
 * Without a network the pauses stay short, so that the request is soon on its way when there is one again.
 */
export function repeatDelayMs(policy: BackoffPolicy, attempt: number, random: Random, fault?: Fault): number {
  if (fault?.kind === 'session-lost' && attempt === 1) return 0;
  if (fault !== undefined && isNetworkLoss(fault)) {
    return nextDelayMs(policy, Math.min(attempt, LAST_GROWTH_WITHOUT_NETWORK), random);
  }
  return nextDelayMs(policy, attempt, random, fault?.kind === 'http-status' ? fault.retryAfterMs : undefined);
}

function isSafe(outcome: Outcome, harmless: boolean): boolean {
  switch (outcome) {
    case 'not-sent':
    case 'refused':
      return true;
    case 'unknown':
      return harmless;
    case 'failed-by-server':
      return false;
    default:
      return assertNever(outcome);
  }
}

function isWorthRepeating(fault: Fault, harmless: boolean): boolean {
  switch (fault.kind) {
    // A new epoch brings a new process, socket or session.
    case 'process-exited':
    case 'pipe-closed':
    case 'write-stalled':
    case 'session-lost':
    case 'stream-ended':
    case 'stream-silent':
    case 'reply-lost':
    case 'unresponsive':
    case 'timed-out':
    case 'dependency-lost':
    case 'crashed':
    // Whoever gives the headers may have them the next time.
    case 'headers-unavailable':
    // The function may give another transport.
    case 'transport-unavailable':
      return true;
    case 'http-status':
      return isPassing(fault.status, fault.retryAfterMs !== undefined, harmless);
    case 'spawn-failed':
    case 'auth-failed':
    case 'unreachable':
    case 'handshake-refused':
      return !isIncurable(fault);
    case 'command-not-found':
    case 'command-not-executable':
    case 'working-directory-missing':
    case 'unauthorized':
    case 'auth-required':
    case 'protocol-version-unsupported':
    case 'foreign-redirect':
      return false;
    // The same request would get the same reply.
    case 'malformed-message':
    case 'message-too-large':
    case 'flooded':
      return false;
    // Somebody asked for the end.
    case 'closed':
      return false;
    default:
      return assertNever(fault);
  }
}

function isPassing(status: number, hasRetryAfter: boolean, harmless: boolean): boolean {
  if (hasRetryAfter && (status === 429 || status === 503)) return true;
  return harmless && PASSING_STATUSES.has(status);
}
