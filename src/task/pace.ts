/** When a task is looked at again, and until when. Pure. Milliseconds. */

import { DEFAULTS } from '../config/defaults.ts';
import type { RemoteTask } from '../link/remote-task.ts';

/** How fast the pause grows where the server says nothing about it. */
const GROWTH = 1.5;

/** The pause after so many looks, counted from 0: what the server says, within bounds, or one that grows. */
export function pauseMs({ pollIntervalMs }: Pick<RemoteTask, 'pollIntervalMs'>, looks: number): number {
  if (pollIntervalMs !== undefined) {
    return Math.min(Math.max(pollIntervalMs, DEFAULTS.taskPollFloorMs), DEFAULTS.taskPollCeilingMs);
  }
  return Math.min(DEFAULTS.taskPollMs * GROWTH ** looks, DEFAULTS.taskPollMaxMs);
}

/**
 * When a task is not waited for any more, on the monotonic clock. Its time counts from when we first saw it, because the
 * clock of the server says when it was created, and no two clocks agree; where it has no end, the wait has one.
 */
export function endsAtMs(ttlMs: number | null, firstSeenAtMs: number, waitedSinceMs: number): number {
  return ttlMs === null ? waitedSinceMs + DEFAULTS.taskWaitMs : firstSeenAtMs + ttlMs;
}
