/**
 * How the resources of an epoch are released: one by one, each within its own deadline, whatever the others
 * do. A release never fails, because a finalizer that throws would turn a lost connection into a crash.
 */

import * as Effect from 'effect/Effect';
import type { Scope } from 'effect/Scope';
import type { Clock } from '../clock.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import { withDeadline } from '../policy/deadline.ts';

/** How long each step of a release may take, and all of them together, in milliseconds. */
export interface ReleaseBudget {
  readonly stepMs: number;
  readonly epochMs: number;
}

/** A resource whose release is bounded. */
export type ReleasedResource = 'calls' | 'link' | 'transport' | 'carrier';

/** Slack of the backstop behind the steps, so that it does not pass before them. */
const BACKSTOP_MS = 1_000;

/** The release deadlines of a server: one for each step, and a backstop for the epoch as a whole. */
export function releaseBudget({ releaseTimeoutMs }: Pick<SupervisionPlan, 'releaseTimeoutMs'>): ReleaseBudget {
  // Only the farewell of a link and the end of a carrier wait for the server; a transport stops at once.
  return { stepMs: releaseTimeoutMs, epochMs: 2 * releaseTimeoutMs + BACKSTOP_MS };
}

/** What one release needs to know. */
export interface ReleaseStep<A> {
  readonly resource: ReleasedResource;
  readonly timeoutMs: number;
  readonly release: (resource: A) => Promise<void>;
  /** What is done to a resource whose release did not end well. Must not throw. */
  readonly force?: (resource: A) => void;
  readonly failed: (resource: ReleasedResource, reason: 'timed-out' | 'threw') => void;
}

/**
 * Acquire a resource by a constructor that does no I/O, and register its release in the same step.
 * Interruption cannot fall between the two.
 */
export function acquire<A>(clock: Clock, construct: () => A, step: ReleaseStep<A>): Effect.Effect<A, never, Scope> {
  return Effect.acquireRelease(Effect.sync(construct), (resource) => Effect.promise(() => run(clock, resource, step)));
}

async function run<A>(clock: Clock, resource: A, step: ReleaseStep<A>): Promise<void> {
  try {
    const result = await withDeadline(clock, step.release(resource), step.timeoutMs);
    if (result.settled) return;
    step.failed(step.resource, 'timed-out');
  } catch {
    step.failed(step.resource, 'threw');
  }
  step.force?.(resource);
}
