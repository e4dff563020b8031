/** One process group in the ledger, while it lives: which of its processes can prove later that it is the same. */

import type { Clock, Timer } from '../../clock.ts';
import type { LedgerEntry } from './ledger-page.ts';
import { identify, listChildren } from './process-identity.ts';

/** A launcher with a handful of children is the rule; more of them prove nothing more. */
const MAX_PROCESSES = 16;

/**
 * From the first word of a server until its group is looked at again. When many servers are started at once, everything
 * else is wanted first.
 */
const LOOK_AGAIN_MS = 1_000;

/** One process group in the ledger. */
export class LedgerRecord {
  readonly #clock: Clock;
  readonly #leader: number;
  readonly #changed: () => void;
  readonly #struck: () => Promise<void>;
  /** Resolves when the group is written down, or when that takes too long. Never rejects. */
  entered: Promise<unknown> = Promise.resolve();
  #hasSpoken = false;
  #timer: Timer | undefined;
  /** As last looked at; nothing while it is to be looked at. */
  #entry: LedgerEntry | 'gone' | undefined;
  #gone: Promise<void> | undefined;

  constructor(clock: Clock, leader: number, changed: () => void, struck: () => Promise<void>) {
    this.#clock = clock;
    this.#leader = leader;
    this.#changed = changed;
    this.#struck = struck;
  }

  /**
   * Look again, a second later: the server speaks, so the launchers before it have executed or started what they launch. A
   * group that loses its leader is then still known by the others.
   */
  refresh(): void {
    if (this.#gone !== undefined) return;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#hasSpoken = true;
      this.#entry = undefined;
      this.#changed();
    }, LOOK_AGAIN_MS);
  }

  /**
   * The group as it was when it was entered or refreshed last; nothing when none of its known processes lived. Reads the
   * system once for each of these, however often other groups are written.
   */
  entry(): LedgerEntry | undefined {
    this.#entry ??= this.#look() ?? 'gone';
    return this.#entry === 'gone' ? undefined : this.#entry;
  }

  /**
   * Strike it off, because the group is gone. One promise, which resolves when that is written, within a
   * second, and never rejects.
   */
  strike(): Promise<void> {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#gone ??= this.#struck();
    return this.#gone;
  }

  #look(): LedgerEntry | undefined {
    const pids = this.#hasSpoken ? withDescendants(this.#leader) : [this.#leader];
    const processes = pids.map(identify).filter((found) => found?.group === this.#leader);
    const named = processes.filter((found) => found !== undefined);
    return named.length === 0 ? undefined : { group: this.#leader, processes: named };
  }
}

function withDescendants(leader: number): number[] {
  const pids = [leader];
  for (const pid of pids) {
    pids.push(...listChildren(pid).filter((child) => !pids.includes(child)));
    if (pids.length >= MAX_PROCESSES) break;
  }
  return pids.slice(0, MAX_PROCESSES);
}
