/**
 * Watches what happens to the host as a whole: that it slept, and that it lost its network or has it back. It looks now
 * and then, and tells what it sees as plain facts; the supervisor decides what follows.
 */

import { type Clock, type Timer } from '../clock.ts';
import { clockJumpMs, type Moment, momentOf } from './clock-jump.ts';
import type { Network } from './network.ts';

/** What happened to the host. */
export type WorldFact =
  | { readonly type: 'network.lost' }
  | { readonly type: 'network.returned' }
  /** It slept, or its clock was set: by so much, below zero when the clock was set back. */
  | { readonly type: 'clock.jumped'; readonly gapMs: number };

/** What the world is watched with. Durations in milliseconds. */
export interface WorldWatchSetup {
  readonly clock: Clock;
  readonly network: Network;
  readonly tickMs: number;
  /** A jump of less is none. */
  readonly jumpMs: number;
  /** Must not throw. */
  readonly tell: (fact: WorldFact) => void;
}

/**
 * Looking asks the system for every interface. When a watch begins, servers are being opened: those that are sockets are
 * ready by then, and those that are processes have not said anything yet.
 */
const FIRST_LOOK_MS = 30;

/** Watches the world while there is somebody whom it concerns. */
export class WorldWatch {
  readonly #setup: WorldWatchSetup;
  #timer: Timer | undefined;
  #wasUp = false;
  #isLost = false;

  constructor(setup: WorldWatchSetup) {
    this.#setup = setup;
  }

  /** Watch from now on, or no more. Idempotent; without a watch there is no timer. */
  keep(isWanted: boolean): void {
    if (isWanted === (this.#timer !== undefined)) return;
    if (isWanted) {
      this.#wait(FIRST_LOOK_MS);
    } else if (this.#timer !== undefined) {
      this.#setup.clock.clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }

  /**
   * Look at the network at once, because something failed; `isNamed` when the fault itself says that it is gone.
   *
   * A network that was never seen is lost only then: where the system does not show it, everything works nevertheless.
   */
  suspect(isNamed: boolean): void {
    if (this.#timer !== undefined) this.#look(isNamed);
  }

  #wait(delayMs: number): Moment {
    const { clock } = this.#setup;
    const moment = momentOf(clock);
    this.#timer = clock.setTimeout(() => this.#tick(moment, delayMs), delayMs);
    return moment;
  }

  #tick(last: Moment, waitedMs: number): void {
    const { tickMs, jumpMs, tell } = this.#setup;
    const moment = this.#wait(tickMs);
    // First, so that what a host that slept finds without a network is not released into nothing.
    this.#look(false);
    const gapMs = clockJumpMs(last, moment, waitedMs, jumpMs);
    if (gapMs !== undefined) tell({ type: 'clock.jumped', gapMs });
  }

  #look(isSuspected: boolean): void {
    const isUp = this.#isUp();
    this.#wasUp ||= isUp;
    if (isUp === !this.#isLost || (!isUp && !this.#wasUp && !isSuspected)) return;
    this.#isLost = !isUp;
    this.#setup.tell({ type: isUp ? 'network.returned' : 'network.lost' });
  }

  #isUp(): boolean {
    try {
      return this.#setup.network.isUp();
    } catch {
      return true;
    }
  }
}
