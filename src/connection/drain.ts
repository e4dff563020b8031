/**
 * Lets calls that are under way come to their end when an epoch is released on purpose, or can still be answered: for as
 * long as it was asked to, and no longer. Without being asked it waits for nothing.
 */

import { type Clock, MAX_TIMER_MS } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { Link } from '../link/link.ts';
import { withDeadline } from '../policy/deadline.ts';
import type { ConnectionContext } from './context.ts';

/** How long a drain may take, whatever was asked for: no time where that is none, and what a timer can hold at most. */
export function drainTimeMs(wantedMs: number | undefined): number {
  return wantedMs !== undefined && wantedMs > 0 ? Math.min(wantedMs, MAX_TIMER_MS) : 0;
}

/** How long calls under way may go on when an epoch is released: as asked, or where only its session is lost. */
export function releaseDrainMs({
  closing,
  drainMs,
  cause,
}: Pick<ConnectionContext, 'closing' | 'drainMs' | 'cause'>): number {
  if (closing) return drainMs;
  return cause?.kind === 'session-lost' ? DEFAULTS.lostSessionDrainMs : 0;
}

/** The drain of one epoch. */
export class Drain {
  readonly #clock: Clock;
  #untilMs: number | undefined;
  #wake: () => void = () => {};

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls may go on for `drainMs` from now. Said again, the earlier end counts. */
  limit(drainMs: number): void {
    const untilMs = this.#clock.monotonic() + drainMs;
    this.#untilMs = Math.min(this.#untilMs ?? untilMs, untilMs);
    this.#wake();
  }

  /** No call is under way any more. */
  idle(): void {
    this.#wake();
  }

  /** Wait for the calls that are under way. False when they were given time, and it was not enough. Never rejects. */
  async wait(link: Pick<Link, 'pendingCount'>): Promise<boolean> {
    const isGivenTime = this.#leftMs() > 0;
    for (let leftMs = this.#leftMs(); link.pendingCount > 0 && leftMs > 0; leftMs = this.#leftMs()) {
      const woken = new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      await withDeadline(this.#clock, woken, leftMs);
    }
    return !isGivenTime || link.pendingCount === 0;
  }

  #leftMs(): number {
    return this.#untilMs === undefined ? 0 : this.#untilMs - this.#clock.monotonic();
  }
}
