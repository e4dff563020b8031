/**
 * Writes lines to a server's stdin, in order, in bounded memory and bounded time. The first line of a turn of the
 * host is written at once, and those that follow in that turn are written together at its end, because each write
 * costs as much as the rest of a call. When the pipe is full it keeps its own queue, so that it can say of every line
 * whether it may have left.
 */

import type { Writable } from 'node:stream';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock, Timer } from '../../clock.ts';
import { type Fault, FaultError } from '../../fault.ts';
import { SENT } from '../transport.ts';

/** Waiting lines are written together up to this size: fewer system calls, and few lines of unknown outcome. */
const BATCH_BYTES = 64 * 1024;
/** The bounds of an outbox. */
export interface OutboxLimits {
  /** Bytes that may wait. One line alone may be larger: its sender holds it anyway. */
  readonly maxQueuedBytes: number;
  /** How long one write may wait for the server to read. */
  readonly writeTimeoutMs: number;
}

interface Entry {
  /** The request that the line is, if it is one. */
  readonly id: RequestId | undefined;
  readonly line: string;
  bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: FaultError) => void;
}

/** Lines that are written together, and settle together. */
interface Batch {
  readonly entries: Entry[];
  readonly sent: Promise<void>;
  readonly resolve: () => void;
  readonly reject: (error: FaultError) => void;
  chars: number;
}

/**
 * The lines on their way to one server.
 *
 * `onStalled` is called at most once, when a write has waited for longer than allowed; the owner then ends the
 * outbox.
 */
export class Outbox {
  readonly #pipe: Writable;
  readonly #limits: OutboxLimits;
  readonly #clock: Clock;
  readonly #onStalled: (queuedBytes: number) => void;
  #queue: Entry[] = [];
  /** The requests in the queue. */
  readonly #waiting = new Map<RequestId, Entry>();
  /** Entries of the queue that were taken back, and are dropped when their turn comes. */
  readonly #recalled = new Set<Entry>();
  #queuedBytes = 0;
  /** Given to the pipe and not taken by the system in full. */
  #flight: readonly Entry[] | undefined;
  #timer: Timer | undefined;
  #held = false;
  /** A line was written in this turn: those that follow wait for its end. */
  #isBurst = false;
  #batch: Batch | undefined;
  #fault: Fault | undefined;

  constructor(pipe: Writable, limits: OutboxLimits, clock: Clock, onStalled: (queuedBytes: number) => void) {
    this.#pipe = pipe;
    this.#limits = limits;
    this.#clock = clock;
    this.#onStalled = onStalled;
  }

  /**
   * Send one line, its newline included; `id` names the request that it is, so that it can be taken back. Resolves when
   * the system has taken it.
   *
   * **Errors** rejects with `FaultError`: `write-stalled` / `not-sent` at once when too much waits; else the
   * fault the outbox ends with, `not-sent` when no byte was written and `unknown` when some may have been.
   */
  send(line: string, id?: RequestId): Promise<void> {
    if (this.#fault !== undefined) return Promise.reject(new FaultError(this.#fault, 'not-sent'));
    if (this.#held || this.#flight !== undefined) return this.#enqueue(line, id);
    if (this.#isBurst) return this.#join(line, id);
    this.#pipe.write(line, 'utf8', this.#written);
    if (this.#pipe.writableLength === 0 && this.#pipe.writable) {
      this.#isBurst = true;
      process.nextTick(this.#endBurst);
      return SENT;
    }
    return this.#wait(line, id);
  }

  /** Take a request back of which no byte was written, and tell whether that was so. Its `send` ends, one way or the other. */
  recall(id: RequestId): boolean {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return this.#leave(id);
    this.#waiting.delete(id);
    this.#recalled.add(entry);
    this.#queuedBytes -= entry.bytes;
    entry.resolve();
    return true;
  }

  /** Write nothing more; what is sent from now on waits for `end`. */
  hold(): void {
    this.#held = true;
  }

  /** End it: whatever waits is rejected with the fault, now and later. Idempotent. */
  end(fault: Fault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#held = true;
    this.#disarm();
    this.#batch?.reject(new FaultError(fault, 'not-sent'));
    this.#batch = undefined;
    const flight = this.#flight ?? [];
    const queue = this.#queue;
    this.#flight = undefined;
    this.#queue = [];
    this.#waiting.clear();
    this.#recalled.clear();
    this.#queuedBytes = 0;
    for (const entry of flight) entry.reject(new FaultError(fault, 'unknown'));
    for (const entry of queue) entry.reject(new FaultError(fault, 'not-sent'));
  }

  #enqueue(line: string, id: RequestId | undefined): Promise<void> {
    const bytes = Buffer.byteLength(line);
    if (this.#queuedBytes + bytes > this.#limits.maxQueuedBytes) {
      const fault: Fault = { kind: 'write-stalled', queuedBytes: this.#queuedBytes };
      return Promise.reject(new FaultError(fault, 'not-sent'));
    }
    return new Promise((resolve, reject) => {
      this.#queueUp([{ id, line, bytes, resolve, reject }]);
      this.#queuedBytes += bytes;
    });
  }

  /** The line was written and the system has not taken it all, or none of it when the pipe is broken. */
  #wait(line: string, id: RequestId | undefined): Promise<void> {
    const bytes = Buffer.byteLength(line);
    this.#queuedBytes += bytes;
    return new Promise((resolve, reject) => {
      const entry: Entry = { id, line, bytes, resolve, reject };
      if (this.#pipe.writableLength > 0) return this.#fly([entry]);
      this.#held = true;
      this.#queueUp([entry]);
    });
  }

  #fly(entries: readonly Entry[]): void {
    this.#flight = entries;
    this.#timer = this.#clock.setTimeout(() => this.#onStalled(this.#queuedBytes), this.#limits.writeTimeoutMs);
  }

  /** One function for all writes. It also runs for lines that were taken at once, and then finds nothing to do. */
  readonly #written = (error?: Error | null): void => {
    // Node reports the write that a destroyed pipe cut off as done.
    if (error || this.#pipe.destroyed || this.#flight === undefined || this.#pipe.writableLength > 0) return;
    const flight = this.#flight;
    this.#flight = undefined;
    this.#disarm();
    this.#land(flight);
    this.#pump();
  };

  /** Wait for the end of the turn, with all lines that do. */
  #join(line: string, id: RequestId | undefined): Promise<void> {
    this.#batch ??= newBatch();
    const batch = this.#batch;
    batch.entries.push({ id, line, bytes: 0, resolve: batch.resolve, reject: batch.reject });
    batch.chars += line.length;
    if (batch.chars >= BATCH_BYTES) this.#endBurst();
    return batch.sent;
  }

  #leave(id: RequestId): boolean {
    const entries = this.#batch?.entries ?? [];
    const at = entries.findIndex((entry) => entry.id === id);
    if (at !== -1) entries.splice(at, 1);
    return at !== -1;
  }

  readonly #endBurst = (): void => {
    this.#isBurst = false;
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    const { entries } = batch;
    const isBlocked = this.#held || this.#flight !== undefined;
    if (!isBlocked) {
      this.#pipe.write(entries.map(({ line }) => line).join(''), 'utf8', this.#written);
      if (this.#pipe.writableLength === 0 && this.#pipe.writable) return batch.resolve();
    }
    for (const entry of entries) {
      entry.bytes = Buffer.byteLength(entry.line);
      this.#queuedBytes += entry.bytes;
    }
    if (!isBlocked && this.#pipe.writableLength > 0) return this.#fly(entries);
    if (!isBlocked) this.#held = true;
    this.#queueUp(entries);
  };

  #pump(): void {
    while (this.#queue.length > 0 && !this.#held) {
      const batch = this.#takeBatch();
      if (batch.length === 0) continue;
      this.#pipe.write(batch.map((entry) => entry.line).join(''), 'utf8', this.#written);
      if (this.#pipe.writableLength > 0) return this.#fly(batch);
      if (this.#pipe.writable) {
        this.#land(batch);
      } else {
        this.#held = true;
        const later = this.#queue;
        this.#queue = [];
        this.#queueUp(batch);
        this.#queue = this.#queue.concat(later);
      }
    }
  }

  #takeBatch(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of this.#queue) {
      if (count > 0 && bytes + entry.bytes > BATCH_BYTES) break;
      bytes += entry.bytes;
      count += 1;
    }
    const batch = this.#queue.splice(0, count).filter((entry) => !this.#recalled.delete(entry));
    for (const { id } of batch) if (id !== undefined) this.#waiting.delete(id);
    return batch;
  }

  #queueUp(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#queue.push(entry);
      if (entry.id !== undefined) this.#waiting.set(entry.id, entry);
    }
  }

  #land(entries: readonly Entry[]): void {
    for (const entry of entries) {
      this.#queuedBytes -= entry.bytes;
      entry.resolve();
    }
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}

function newBatch(): Batch {
  let resolve = (): void => {};
  let reject: Batch['reject'] = () => {};
  const sent = new Promise<void>((resolved, rejected) => {
    resolve = resolved;
    reject = rejected;
  });
  return { entries: [], sent, resolve, reject, chars: 0 };
}
