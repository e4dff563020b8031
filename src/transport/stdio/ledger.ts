/**
 * The ledger of this host: names its server processes in a small file, so that the next host can end them if this one
 * is killed. One per directory and process. Nothing waits for it longer than it says, and no failure of it reaches a
 * connection: each is reported.
 */

import { randomUUID } from 'node:crypto';
import { rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../clock.ts';
import { sleep, withDeadline } from '../../policy/deadline.ts';
import type { LedgerOptions, ProcessReport } from '../process-report.ts';
import { readErrno } from './errno.ts';
import { assertPrivateDirectory, defaultLedgerDirectory, makeDirectory } from './ledger-directory.ts';
import { inheritLedgers } from './ledger-inheritance.ts';
import { formatPage, pageName } from './ledger-page.ts';
import { LedgerRecord } from './ledger-record.ts';
import { type ProcessStatus, readPlace, readStatus } from './process-identity.ts';

/** How long a start waits for what earlier hosts left behind to be ended: longer than that takes. */
const INHERIT_WAIT_MS = 3_000;
/**
 * From the first entry until it is written, with those that follow meanwhile. A process that was just started shares the
 * processor of its host for some milliseconds before the system gives it another: what is computed then, it waits for.
 */
const GATHER_MS = 6;
/** From one writing of entries to the next while servers are started one after the other: no longer than one takes to start. */
const PACE_MS = 40;
/** How long a server may be kept from being used while it is written down; a ledger on a slow disk is not worth more. */
const ENTRY_WAIT_MS = 250;
/** How long the end of a server waits until it is struck off: a file system may never answer. */
const STRIKE_WAIT_MS = 1_000;

/** What a ledger is used with. */
export interface LedgerContext {
  readonly clock: Clock;
  readonly report: (report: ProcessReport) => void;
}

const ledgers = new Map<string, Ledger>();
/** Where and who this process is, once that was read: neither changes while it lives. */
let here: { readonly place: string; readonly self: ProcessStatus } | undefined;

/**
 * Open the ledger of this process in a directory. Nothing is read or written yet.
 *
 * There is none where the system does not tell one process from a later one with the same number (no `/proc`).
 */
export function openLedger({ directory }: LedgerOptions, context: LedgerContext): Ledger | undefined {
  here ??= readHere();
  if (here === undefined) return undefined;
  const { place, self } = here;
  try {
    const path = directory ?? defaultLedgerDirectory(process.env);
    const ledger = ledgers.get(path) ?? new Ledger(path, place, self, systemClock);
    ledgers.set(path, ledger);
    return ledger;
  } catch (error) {
    context.report(failure(error, context.clock));
    return undefined;
  }
}

function readHere(): typeof here {
  const place = readPlace();
  const self = readStatus(process.pid);
  return place === undefined || self === undefined ? undefined : { place, self };
}

/** The processes of this host, written down. */
export class Ledger {
  readonly #directory: string;
  readonly #place: string;
  readonly #self: ProcessStatus;
  /** By which entries are gathered: that of the host, like the processes. */
  readonly #clock: Clock;
  readonly #path: string;
  readonly #records = new Map<LedgerRecord, LedgerContext>();
  /** Told of a failure beside the owners of records: those whose record was struck off since the last success. */
  readonly #leaving = new Set<LedgerContext>();
  #inheriting: Promise<void> | undefined;
  #isSettled = false;
  #isStale = false;
  /** Resolves when those that were entered lately are written down. */
  #entering: Promise<void> | undefined;
  /** When entries were written last. */
  #enteredAtMs = Number.NEGATIVE_INFINITY;
  /** What stands in the file, while there is one. */
  #written: string | undefined;
  #writing: Promise<void> | undefined;
  #failedWith: string | undefined;

  constructor(directory: string, place: string, self: ProcessStatus, clock: Clock) {
    this.#directory = directory;
    this.#place = place;
    this.#self = self;
    this.#clock = clock;
    this.#path = join(directory, pageName(self, randomUUID()));
  }

  /**
   * End what dead hosts left behind, once per process: the first that asks starts it, and those that ask while it goes
   * on wait with it. Nothing to wait for afterwards.
   *
   * **Bounds** resolves within three seconds, whatever the file system does. Never rejects.
   */
  inherit(context: LedgerContext): Promise<void> | undefined {
    if (this.#isSettled) return undefined;
    const own = { directory: this.#directory, place: this.#place, self: this.#self, unique: randomUUID };
    this.#inheriting ??= withDeadline(context.clock, inheritLedgers({ ...own, ...context }), INHERIT_WAIT_MS).then(
      () => {
        this.#isSettled = true;
      },
    );
    return this.#inheriting;
  }

  /** Write down a group whose leader was spawned just now. */
  enter(leader: number, context: LedgerContext): LedgerRecord {
    const record = new LedgerRecord(
      context.clock,
      leader,
      () => void this.#write(),
      () => this.#strike(record),
    );
    this.#records.set(record, context);
    this.#entering ??= this.#writeEntries();
    record.entered = this.#entering;
    return record;
  }

  /** Write down those that were entered, together. Resolves when that takes too long, too; never rejects. */
  async #writeEntries(): Promise<void> {
    const nowMs = this.#clock.monotonic();
    const dueAtMs = Math.max(nowMs + GATHER_MS, this.#enteredAtMs + PACE_MS);
    await sleep(this.#clock, dueAtMs - nowMs);
    this.#enteredAtMs = dueAtMs;
    this.#entering = undefined;
    await withDeadline(this.#clock, this.#write(), ENTRY_WAIT_MS);
  }

  async #strike(record: LedgerRecord): Promise<void> {
    const context = this.#records.get(record);
    if (context === undefined) return;
    this.#records.delete(record);
    this.#leaving.add(context);
    await withDeadline(context.clock, this.#write(), STRIKE_WAIT_MS);
  }

  /** Bring the file up to date; changes made meanwhile are written together, next. Never rejects. */
  #write(): Promise<void> {
    this.#isStale = true;
    this.#writing ??= this.#writeWhileStale().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async #writeWhileStale(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      try {
        await this.#save();
        this.#failedWith = undefined;
      } catch (error) {
        this.#tellOnce(error);
      }
      if (!this.#isStale) this.#leaving.clear();
    }
  }

  async #save(): Promise<void> {
    // Before the system is read, too: what is awaited takes that off the turn in which a server is spawned or speaks.
    if (this.#records.size > 0) await this.#findDirectory();
    const entries = [...this.#records.keys()].map((record) => record.entry()).filter((entry) => entry !== undefined);
    if (entries.length === 0) {
      if (this.#written !== undefined) await unlink(this.#path);
      this.#written = undefined;
      return;
    }
    const page = formatPage({ place: this.#place, entries });
    // Most servers are what they were when they were entered: no launcher, no descendants.
    if (page === this.#written) return;
    const fresh = `${this.#path}.new`;
    // Not synced: it is for a host that is killed, not for a system that goes down with all its processes.
    await writeFile(fresh, page, { mode: 0o600 });
    await rename(fresh, this.#path);
    this.#written = page;
  }

  /** It is there, most of the time; it may also be taken away between two writes. */
  async #findDirectory(): Promise<void> {
    await assertPrivateDirectory(this.#directory).catch(() => makeDirectory(this.#directory));
  }

  /** The same failure again and again is told once, until a write succeeds. */
  #tellOnce(error: unknown): void {
    const reason = readErrno(error);
    if (reason === this.#failedWith) return;
    this.#failedWith = reason;
    const told = new Map([...this.#records.values(), ...this.#leaving].map((context) => [context.report, context]));
    for (const [report, { clock }] of told) report(failure(error, clock));
  }
}

function failure(error: unknown, clock: Clock): ProcessReport {
  const reason = readErrno(error);
  return {
    type: 'ledger.failed',
    server: undefined,
    epoch: undefined,
    atMs: clock.now(),
    operation: 'write',
    reason,
  };
}
