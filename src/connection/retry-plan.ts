/** When a connection that failed tries again: after a backoff, or parked or held, which an event ends. */

import type { Clock, Random } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import { nextDelayMs, spreadMs } from '../policy/backoff.ts';
import { awaitsPerson, isIncurable } from '../policy/incurable.ts';
import { lossesAfter } from '../policy/loss-budget.ts';
import { isNetworkLoss } from '../policy/network-loss.ts';
import type { ConnectionContext } from './context.ts';

/** What is decided when an epoch has failed. */
type RetryPlan = Pick<ConnectionContext, 'parked' | 'retryInMs'> &
  Partial<Pick<ConnectionContext, 'attempt' | 'losses' | 'notBeforeMs'>>;

/** Decide what follows an epoch that failed. */
export function retryPlan(context: ConnectionContext, clock: Clock, random: Random): RetryPlan {
  const { plan, attempt, cause, wasReady, readySinceMs } = context;
  // While the world is gone, whatever fails says nothing about the server.
  if (context.frozen) return { ...heldPlan(plan, random), attempt: Math.max(0, attempt - 1) };
  const retryAfterMs = cause?.kind === 'http-status' ? cause.retryAfterMs : undefined;
  const notBeforeMs = retryAfterMs === undefined ? 0 : clock.now() + retryAfterMs;
  const isHopeless = cause !== undefined && isIncurable(cause) && (wasReady || awaitsPerson(cause));
  // Without a network every server fails: that says nothing about this one.
  const isBlamed = cause === undefined || !isNetworkLoss(cause);
  const isLost = isBlamed && readySinceMs !== undefined;
  const losses = isLost
    ? lossesAfter(context.losses, clock.monotonic() - readySinceMs, plan.parkedProbeMs)
    : context.losses;
  // The server is well and waits for a new session: only one that loses session after session is left alone for a while.
  const isAtOnce = cause?.kind === 'session-lost' && attempt === 0 && losses < 2;
  const spent = Math.max(attempt, Math.floor(losses));
  const parked = isHopeless || (isBlamed && spent >= plan.parkAfterAttempts);
  const retryInMs = parked
    ? spreadMs(plan.parkedProbeMs, random)
    : isAtOnce
      ? 0
      : nextDelayMs(plan.backoff, Math.max(1, spent), random, retryAfterMs);
  return { losses, parked, notBeforeMs, retryInMs };
}

/** A held connection is parked no more; like a parked one it is probed now and then, should the world be misjudged. */
export function heldPlan({ parkedProbeMs }: SupervisionPlan, random: Random): RetryPlan {
  return { parked: false, retryInMs: spreadMs(parkedProbeMs, random) };
}

/** How long a `Retry-After` still holds, on a clock that may have been set meanwhile. */
export function retryAfterLeftMs(notBeforeMs: number, clock: Clock): number {
  return Math.min(Math.max(0, notBeforeMs - clock.now()), DEFAULTS.retryAfterMaxMs);
}
