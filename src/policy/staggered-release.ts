/**
 * In which order, and after which delays, servers are released that were all held back at once: without it a network
 * that comes back would be met by every connection in the same instant. Pure.
 */

import type { Random } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';

/** How far apart releases are, in milliseconds. */
export interface StaggerBounds {
  /** From one to the next. */
  readonly staggerMs: number;
  /** All of them together; with many, the steps are shorter. */
  readonly totalMs?: number;
}

/**
 * Give each its delay: higher `priority` first, then in the given order.
 *
 * **Units** milliseconds, whole. **Bounds** item `i` of `n`: `i * step <= delay < (i + 1) * step`, where
 * `step = min(staggerMs, totalMs / n)`; so all are released within `totalMs`.
 */
export function staggeredRelease<T extends { readonly priority: number }>(
  items: readonly T[],
  { staggerMs, totalMs = DEFAULTS.staggerTotalMs }: StaggerBounds,
  random: Random,
): readonly { readonly item: T; readonly delayMs: number }[] {
  const stepMs = Math.min(staggerMs, totalMs / Math.max(1, items.length));
  // Sorting keeps the given order among equals.
  const inOrder = items.toSorted((one, other) => other.priority - one.priority);
  return inOrder.map((item, index) => ({ item, delayMs: Math.floor((index + random()) * stepMs) }));
}
