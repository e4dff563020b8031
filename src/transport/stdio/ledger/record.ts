/** One process group in the ledger, while it lives: which of its processes can prove later that it is the same. */

import type { Clock, Timer } from '../../../clock.ts';
import { identify, listChildren } from '../process-identity.ts';
import type { LedgerEntry } from './page.ts';

/** A launcher with a handful of children is the rule; more of them prove nothing more. */
const MAX_PROCESSES = 16;

/**
 * From the first word of a server until its group is looked at again. When many servers are started at once, everything
 * else is wanted first.
 */
const LOOK_AGAIN_MS = 1_000;

/** Told what becomes of a record. Must not throw. */
export interface LedgerRecordOwner {
  /** It was looked at again. */
  lookedAt(record: LedgerRecord): void;
  /** Its group is gone. */
  struck(record: LedgerRecord): void;
}

/** One process group in the ledger. */
export class LedgerRecord {
  readonly group: number;
  /** Resolves when the group is written down, or could not be. Never rejects. */
  readonly entered: Promise<void>;
  readonly #clock: Clock;
  readonly #owner: LedgerRecordOwner;
  #timer: Timer | undefined;
  #isStruck = false;
  #entry: LedgerEntry | undefined;

  constructor(leader: number, clock: Clock, entered: Promise<void>, owner: LedgerRecordOwner) {
    this.group = leader;
    this.entered = entered;
    this.#clock = clock;
    this.#owner = owner;
  }

  /** The group as it was when it was last looked at; nothing before, and when none of its known processes lived. */
  get entry(): LedgerEntry | undefined {
    return this.#entry;
  }

  /** Look at it for the first time: there is only the leader. */
  look(): LedgerEntry | undefined {
    this.#entry = entryOf(this.group, [this.group]);
    return this.#entry;
  }

  /**
   * Look again, a second later: the server speaks, so the launchers before it have executed or started what they launch. A
   * group that loses its leader is then still known by the others.
   */
  refresh(): void {
    if (this.#isStruck) return;
    this.#timer ??= this.#clock.setTimeout(() => {
      this.#entry = entryOf(this.group, withDescendants(this.group));
      this.#owner.lookedAt(this);
    }, LOOK_AGAIN_MS);
  }

  /** Strike it off, because the group is gone. Idempotent. */
  strike(): void {
    if (this.#isStruck) return;
    this.#isStruck = true;
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#owner.struck(this);
  }
}

function entryOf(group: number, pids: readonly number[]): LedgerEntry | undefined {
  const found = pids.map(identify).filter((each) => each?.group === group);
  const named = found.filter((each) => each !== undefined);
  return named.length === 0 ? undefined : { group, processes: named };
}

function withDescendants(leader: number): number[] {
  const pids = [leader];
  for (const pid of pids) {
    pids.push(...listChildren(pid).filter((child) => !pids.includes(child)));
    if (pids.length >= MAX_PROCESSES) break;
  }
  return pids.slice(0, MAX_PROCESSES);
}
