/**
 * Watches whether a server lives: after a silence it is asked for a sign of life, and after several misses in
 * a row the watch is over. A server that talks is never asked. It decides nothing beyond that.
 */

import type { Clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import { type Link, RequestError } from '../link/link.ts';
import { sleep } from '../policy/deadline.ts';

/** How a connection is asked for signs of life. */
export interface HeartbeatPlan {
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** Misses in a row that end the watch … */
  readonly misses: number;
  /** … and while requests wait for their reply: a server that computes may be deaf for a while. */
  readonly busyMisses: number;
}

/** What the watch tells while it goes on. */
export interface HeartbeatObserver {
  missed(count: number): void;
  answered(): void;
}

/**
 * Resolve with the fault of a server that stopped answering. Rejects only when the signal is aborted.
 */
export async function watchHeartbeat(
  link: Pick<Link, 'alive' | 'lastHeardAtMs' | 'pendingCount'>,
  plan: HeartbeatPlan,
  clock: Clock,
  observer: HeartbeatObserver,
  signal: AbortSignal,
): Promise<Fault> {
  let missed = 0;
  for (;;) {
    const silentMs = clock.monotonic() - link.lastHeardAtMs;
    // After a miss the next question is asked at once: its own timeout is the pause.
    if (missed === 0 && silentMs < plan.intervalMs) {
      await sleep(clock, plan.intervalMs - silentMs, signal);
      continue;
    }
    const fault = await ask(link, plan.timeoutMs, signal);
    signal.throwIfAborted();
    if (fault === undefined) {
      if (missed > 0) observer.answered();
      missed = 0;
      continue;
    }
    missed += 1;
    observer.missed(missed);
    if (missed >= (link.pendingCount > 0 ? plan.busyMisses : plan.misses))
      return fault.kind === 'unresponsive' ? { ...fault, missed } : fault;
    // A question that failed at once would otherwise be repeated without a pause.
    if (fault.kind !== 'unresponsive') await sleep(clock, plan.timeoutMs, signal);
  }
}

async function ask(link: Pick<Link, 'alive'>, timeoutMs: number, signal: AbortSignal): Promise<Fault | undefined> {
  try {
    await link.alive(timeoutMs, signal);
    return undefined;
  } catch (error) {
    if (error instanceof RequestError && error.failure.kind === 'fault') return error.failure.fault;
    return { kind: 'unresponsive', missed: 1 };
  }
}
