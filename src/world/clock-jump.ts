/** Whether the host slept, or its clock was set, between two looks at its clocks. Pure. */

import type { Clock } from '../clock.ts';

/** Both clocks at one moment, in milliseconds. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Read both clocks. */
export function momentOf(clock: Clock): Moment {
  return { wallMs: clock.now(), monotonicMs: clock.monotonic() };
}

/**
 * By how much time jumped from one moment to another that was expected `expectedMs` later, or nothing when it passed as
 * it should: what the clock on the wall shows beyond the monotonic one, or, where that one counts a sleep too, how much
 * too late the other moment is.
 *
 * **Units** milliseconds; below zero when the clock on the wall was set back. **Bounds** more than `limitMs` either way.
 */
export function clockJumpMs(from: Moment, to: Moment, expectedMs: number, limitMs: number): number | undefined {
  const passedMs = to.monotonicMs - from.monotonicMs;
  const gapMs = to.wallMs - from.wallMs - passedMs;
  if (Math.abs(gapMs) > limitMs) return Math.round(gapMs);
  const lateMs = passedMs - expectedMs;
  return lateMs > limitMs ? Math.round(lateMs) : undefined;
}
