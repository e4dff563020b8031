/** What something cost this process. */

import { setTimeout as delay } from 'node:timers/promises';

type Watch = <T>(work: () => Promise<T>) => Promise<T>;

let watch: Watch = (work) => work();

/** Let something watch all work whose cost is told, from now on. */
export function watchCosts(by: Watch): void {
  watch = by;
}

/** CPU time that this process used while it ran, in microseconds. */
export async function cpuOf(work: () => Promise<unknown>): Promise<number> {
  return await watch(async () => {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  });
}

/** How long it took, in milliseconds. */
export async function timeOf(work: () => Promise<unknown>): Promise<number> {
  return await watch(async () => {
    const startedAt = performance.now();
    await work();
    return performance.now() - startedAt;
  });
}

/** Bytes that JavaScript holds once all garbage is gone. */
export async function heldBytes(): Promise<number> {
  // Finalizers run between collections, and what they let go of is garbage only then.
  for (let pass = 0; pass < 4; pass += 1) {
    globalThis.gc?.();
    await delay(20);
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Resolve with what the work gives, or with nothing once the time is over; the work goes on. */
export async function within<T>(work: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const over = new AbortController();
  try {
    return await Promise.race([work, delay(timeoutMs, undefined, { signal: over.signal }).catch(() => undefined)]);
  } finally {
    over.abort();
  }
}
