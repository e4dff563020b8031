/** Notices that a connection is old, or its process large, and says so: another one may take over from it. */

import type { Clock, Random } from '../clock.ts';
import type { RecyclePlan } from '../config/effective.ts';
import { sleep } from '../policy/deadline.ts';

/** What wear is judged by. */
export interface WearContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Memory that is held now, in bytes; nothing where that is not known. */
  readonly bytes: () => number | undefined;
  /** Told each time. Must not throw. */
  readonly worn: () => void;
}

/** Share of the age by which it may fall short, so that many connections of one age do not end together. */
const JITTER = 0.25;

/**
 * Watch a connection from now on. Never resolves: whoever is told may do nothing about it, or in vain, and is told again
 * after `retryMs`. Nothing younger than `retryMs` is worn, so that a server which starts too large is not started for ever.
 *
 * **Cancels** rejects when the signal is aborted.
 */
export async function watchWear(plan: RecyclePlan, context: WearContext, signal: AbortSignal): Promise<never> {
  const { clock, random, bytes, worn } = context;
  const { afterMs, aboveBytes, checkEveryMs, retryMs } = plan;
  const startedMs = clock.monotonic();
  const oldAtMs = afterMs === undefined ? Number.POSITIVE_INFINITY : startedMs + afterMs * (1 - JITTER * random());
  for (let askAtMs = startedMs + retryMs; ; ) {
    const nowMs = clock.monotonic();
    const untilOldMs = Math.max(oldAtMs - nowMs, 0);
    const pauseMs = Math.max(askAtMs - nowMs, untilOldMs > 0 ? checkEveryMs : 0);
    await sleep(clock, aboveBytes === undefined ? Math.max(askAtMs - nowMs, untilOldMs) : pauseMs, signal);
    const isOld = clock.monotonic() >= oldAtMs;
    const isLarge = aboveBytes !== undefined && (bytes() ?? 0) > aboveBytes;
    if (!isOld && !isLarge) continue;
    worn();
    askAtMs = clock.monotonic() + retryMs;
  }
}
