/**
 * Ends what a killed host left behind, once it is proven that it is this and nothing else. A group is ended when a
 * process that the ledger names lives in it, unchanged: same number, same start, same command. Whoever joins such a
 * group descends from it, so it holds no stranger, and its number is not given away while one member lives.
 */

import type { Clock } from '../../../clock.ts';
import { readErrno } from '../errno.ts';
import { identify, listPids, type ProcessIdentity, type ProcessStatus, readStatus } from '../process-identity.ts';
import type { LedgerEntry } from './page.ts';

/** From SIGTERM to SIGKILL: its stdin has ended long ago, so it had its time. */
const TERM_GRACE_MS = 1_000;
/** How long a group may outlive SIGKILL. */
const KILL_GRACE_MS = 500;
const POLL_FIRST_MS = 5;
const POLL_MAX_MS = 50;

/** How a group came to its end; `strange` when nothing the ledger names is there any more. */
export type Reaping =
  | { readonly kind: 'strange' }
  | { readonly kind: 'ended'; readonly signal: 'SIGTERM' | 'SIGKILL' }
  | { readonly kind: 'failed'; readonly errno: string };

/**
 * End the group of one entry if it is proven to be the one that was written down.
 *
 * **Bounds** a second after SIGTERM and half a second after SIGKILL.
 * **Errors** never rejects.
 */
export async function reapGroup(entry: LedgerEntry, clock: Clock): Promise<Reaping> {
  const members = new GroupMembers(entry);
  if (members.areGone()) return { kind: 'strange' };
  for (const [signal, graceMs] of [['SIGTERM', TERM_GRACE_MS] as const, ['SIGKILL', KILL_GRACE_MS] as const]) {
    const errno = members.signal(signal);
    if (errno !== undefined && errno !== 'ESRCH') return { kind: 'failed', errno };
    if (await areGoneWithin(graceMs, members, clock)) return { kind: 'ended', signal };
  }
  return { kind: 'failed', errno: 'ETIMEDOUT' };
}

/** The living members of a group, as far as an unbroken line leads to them from one that the ledger names. */
class GroupMembers {
  readonly #group: number;
  #known: ProcessStatus[];

  constructor({ group, processes }: LedgerEntry) {
    this.#group = group;
    const isOurs = readStatus(process.pid)?.group === group;
    this.#known = isOurs ? [] : processes.map((named) => proven(named, group)).filter((one) => one !== undefined);
  }

  /** Whether none is left. Looks for the others of the group while one that is known lives. */
  areGone(): boolean {
    this.#known = this.#known.filter(({ pid, startTime }) => this.#member(pid)?.startTime === startTime);
    if (this.#known.length === 0) return true;
    this.#known = listPids()
      .map((pid) => this.#member(pid))
      .filter((one) => one !== undefined);
    return this.#known.length === 0;
  }

  /** Signal the group, in the same turn in which a known member was seen in it. Returns the code of a failure. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): string | undefined {
    if (this.areGone()) return undefined;
    try {
      process.kill(-this.#group, signal);
      // One that is stopped can obey only when it is continued.
      if (signal === 'SIGTERM') process.kill(-this.#group, 'SIGCONT');
      return undefined;
    } catch (error) {
      return readErrno(error);
    }
  }

  #member(pid: number): ProcessStatus | undefined {
    const status = readStatus(pid);
    return status?.group === this.#group ? status : undefined;
  }
}

/** Our servers lead a session of their own, which a process of somebody's shell does not. */
function proven(named: ProcessIdentity, group: number): ProcessStatus | undefined {
  const found = identify(named.pid);
  if (found?.group !== group || found.session !== group) return undefined;
  return found.startTime === named.startTime && found.command === named.command ? found : undefined;
}

async function areGoneWithin(limitMs: number, members: GroupMembers, clock: Clock): Promise<boolean> {
  const deadlineMs = clock.monotonic() + limitMs;
  for (let pollMs = POLL_FIRST_MS; !members.areGone(); pollMs = Math.min(2 * pollMs, POLL_MAX_MS)) {
    if (clock.monotonic() >= deadlineMs) return false;
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, pollMs));
  }
  return true;
}
