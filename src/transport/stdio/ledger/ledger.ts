/**
 * The ledger of this host: names its server processes in a small file, so that the next host can end them if this one
 * is killed. One per directory and process. No failure of it reaches a connection: each is reported.
 */

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../clock.ts';
import { once } from '../../../once.ts';
import { sleep, withDeadline } from '../../../policy/deadline.ts';
import type { LedgerOptions, ProcessReport } from '../../process-report.ts';
import { readErrno } from '../errno.ts';
import { type ProcessStatus, readPlace, readStatus } from '../process-identity.ts';
import { defaultLedgerDirectory, provideDirectory } from './directory.ts';
import { LedgerFile } from './file.ts';
import { inheritLedgers } from './inheritance.ts';
import { formatEntry, formatGone, formatPage, pageName } from './page.ts';
import { LedgerRecord } from './record.ts';

/** How long a start waits for what earlier hosts left behind to be ended: longer than that takes. */
const INHERIT_WAIT_MS = 3_000;
/**
 * From the first entry until it is written, with those that follow meanwhile. A process that was just started shares the
 * processor of its host for some milliseconds before the system gives it another: what is computed then, it waits for.
 */
const GATHER_MS = 6;

/** What a ledger is used with. */
export interface LedgerContext {
  readonly clock: Clock;
  readonly report: (report: ProcessReport) => void;
}

const ledgers = new Map<string, Ledger>();
/** Where the ledgers are when nobody says so. The environment is asked once: a host that changes it keeps its ledger. */
const defaultDirectory = once(() => defaultLedgerDirectory(process.env));
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
    const path = directory ?? defaultDirectory();
    const ledger = ledgers.get(path) ?? new Ledger(path, place, self, systemClock);
    ledgers.set(path, ledger);
    return ledger;
  } catch (error) {
    context.report(failure(readErrno(error), context.clock));
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
  /** By which entries are gathered and groups looked at again: that of the host, like the processes. */
  readonly #clock: Clock;
  readonly #file: LedgerFile;
  readonly #records = new Map<LedgerRecord, LedgerContext>();
  #inheriting: Promise<void> | undefined;
  #isSettled = false;
  /** Whether the file system has answered in this process: nobody may stand still because it does not. */
  #isAnswering = false;
  /** Those that are not looked at yet. */
  #entering: LedgerRecord[] = [];
  /** Resolves when they are written down. */
  #entered: Promise<void> | undefined;
  #failedWith: string | undefined;

  constructor(directory: string, place: string, self: ProcessStatus, clock: Clock) {
    this.#directory = directory;
    this.#place = place;
    this.#self = self;
    this.#clock = clock;
    this.#file = new LedgerFile(join(directory, pageName(self, randomUUID())));
  }

  /**
   * End what dead hosts left behind, once per process: the first that asks starts it, and those that ask while it goes
   * on wait with it. Nothing to wait for afterwards.
   *
   * **Bounds** resolves within three seconds, whatever the file system does. Never rejects.
   */
  inherit(context: LedgerContext): Promise<void> | undefined {
    if (this.#isSettled) return undefined;
    this.#inheriting ??= withDeadline(context.clock, this.#inherit(context), INHERIT_WAIT_MS).then(() => {
      this.#isSettled = true;
    });
    return this.#inheriting;
  }

  async #inherit(context: LedgerContext): Promise<void> {
    await inheritLedgers({
      directory: this.#directory,
      place: this.#place,
      self: this.#self,
      unique: randomUUID,
      ...context,
    });
    this.#isAnswering = true;
    if (this.#records.size > 0) this.#save();
  }

  /** Write down a group whose leader was spawned just now. */
  enter(leader: number, context: LedgerContext): LedgerRecord {
    this.#entered ??= this.#enterAll();
    const record = new LedgerRecord(leader, this.#clock, this.#entered, {
      lookedAt: () => this.#lookedAt(record),
      struck: () => this.#strike(record),
    });
    this.#records.set(record, context);
    this.#entering.push(record);
    return record;
  }

  async #enterAll(): Promise<void> {
    await sleep(this.#clock, GATHER_MS);
    const entering = this.#entering.filter((record) => this.#records.has(record));
    this.#entering = [];
    this.#entered = undefined;
    const entries = entering.map((record) => record.look()).filter((entry) => entry !== undefined);
    if (entries.length > 0) this.#save(entries.map(formatEntry).join(''));
  }

  #lookedAt(record: LedgerRecord): void {
    // Somebody may have cleared the directory.
    this.#file.closeIfLost();
    this.#save(record.entry === undefined ? formatGone(record.group) : formatEntry(record.entry));
  }

  #strike(record: LedgerRecord): void {
    const context = this.#records.get(record);
    if (context === undefined) return;
    this.#records.delete(record);
    const isWritten = record.entry !== undefined;
    if (isWritten || this.#records.size === 0) this.#save(formatGone(record.group), context);
  }

  /** Add lines to the file, or begin it with all that is true. `leaving` hears of a failure, too. */
  #save(lines?: string, leaving?: LedgerContext): void {
    if (!this.#isAnswering) return;
    try {
      if (this.#records.size === 0) this.#file.end();
      else if (lines !== undefined && this.#file.hasRoom) this.#file.add(lines);
      else this.#begin();
      this.#failedWith = undefined;
    } catch (error) {
      this.#tellOnce(error, leaving);
    }
  }

  #begin(): void {
    const entries = [...this.#records.keys()].map(({ entry }) => entry).filter((entry) => entry !== undefined);
    provideDirectory(this.#directory);
    this.#file.begin(formatPage({ place: this.#place, entries }));
  }

  /** The same failure again and again is told once, until a write succeeds. */
  #tellOnce(error: unknown, leaving?: LedgerContext): void {
    const reason = readErrno(error);
    if (reason === this.#failedWith) return;
    this.#failedWith = reason;
    const contexts = leaving === undefined ? [...this.#records.values()] : [...this.#records.values(), leaving];
    const told = new Map(contexts.map((context) => [context.report, context]));
    for (const [report, { clock }] of told) report(failure(reason, clock));
  }
}

function failure(reason: string, clock: Clock): ProcessReport {
  return {
    type: 'ledger.failed',
    server: undefined,
    epoch: undefined,
    atMs: clock.now(),
    operation: 'write',
    reason,
  };
}
