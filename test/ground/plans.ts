/** Supervision plans for tests: the defaults of a stdio server, with small round numbers where a test counts on them. */

import type { SupervisionPlan } from '../../src/config/effective.ts';
import { limitsOf } from '../../src/config/limits.ts';

/** A plan in which every number that appears in a sequence is easy to recognise. */
export function planOf(name: string, changes: Partial<SupervisionPlan> = {}): SupervisionPlan {
  return {
    name,
    dependsOn: [],
    priority: 0,
    remote: false,
    restart: 'transient',
    maxRestarts: 3,
    withinMs: 60_000,
    connectTimeoutMs: 30_000,
    callTimeoutMs: 60_000,
    maxQueued: 1_000,
    maxConcurrent: Number.POSITIVE_INFINITY,
    trusted: false,
    checkResults: true,
    backoff: { baseMs: 500, factor: 2, maxMs: 30_000, retryAfterMaxMs: 3_600_000 },
    heartbeat: false,
    stableAfterMs: 30_000,
    parkAfterAttempts: 20,
    parkedProbeMs: 300_000,
    releaseTimeoutMs: 8_000,
    limits: limitsOf({}),
    ...changes,
  };
}
