/** What is remembered of a server for whoever asks why it is as it is. Bounded, and kept over its epochs. */

import type { Clock } from '../clock.ts';
import type { ShownCarrier } from '../connection/publication.ts';
import type { StateChange } from '../connection/state-change.ts';
import type { FaultRecord } from './explanation.ts';

/** Faults and restarts that are remembered of one server. */
const MAX_RECORDS = 10;

/** The history of one server. */
export class ServerHistory {
  readonly #clock: Clock;
  #faults: readonly FaultRecord[] = [];
  /** On the monotonic clock, as the window of restarts is. */
  #restartsAtMs: readonly number[] = [];
  /** Of the last epoch whose process or sockets were there; read after it has ended too. */
  #carrier: ShownCarrier | undefined;
  /** On the monotonic clock, as far as an epoch that is over knows. */
  #heardAtMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The last faults, oldest first. */
  get faults(): readonly FaultRecord[] {
    return this.#faults;
  }

  /** The last lines of its stderr. */
  get stderr(): readonly string[] {
    return this.#carrier?.recentStderr?.() ?? [];
  }

  /** When an epoch that is over was last heard. */
  get heardAtMs(): number | undefined {
    return this.#heardAtMs;
  }

  /** How often it was restarted lately. */
  restartsWithin(windowMs: number): number {
    const sinceMs = this.#clock.monotonic() - windowMs;
    return this.#restartsAtMs.filter((atMs) => atMs > sinceMs).length;
  }

  /** Its state changed: remember why, where that is news. */
  follow({ cause: fault, atMs, epoch, to }: StateChange): void {
    const last = this.#faults.at(-1);
    // A change of plan names the same fault once more.
    const isNews = fault !== last?.fault || epoch !== last?.epoch;
    if (fault === undefined || !isNews || to === 'connecting') return;
    this.#faults = [...this.#faults, { atMs, epoch, fault }].slice(-MAX_RECORDS);
  }

  /** It crashed and was started again. */
  restarted(): void {
    this.#restartsAtMs = [...this.#restartsAtMs, this.#clock.monotonic()].slice(-MAX_RECORDS);
  }

  /** The process of an epoch runs, or its sockets may be opened. */
  began(carrier: ShownCarrier): void {
    this.#carrier = carrier;
  }

  /** An epoch is over that was last heard then. */
  heard(atMs: number): void {
    this.#heardAtMs = atMs;
  }
}
