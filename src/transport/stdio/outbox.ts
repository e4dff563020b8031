/**
 * Writes lines to a server's stdin, in order, in bounded memory and bounded time. As long as the system takes
 * them at once it only writes; when the pipe is full it keeps its own queue, so that it can say of every line
 * whether it may have left.
 */

import type { Writable } from 'node:stream';
import type { RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock, Timer } from '../../clock.ts';
import { type Fault, FaultError } from '../../fault.ts';

/** Waiting lines are written together up to this size: fewer system calls, and few lines of unknown outcome. */
const BATCH_BYTES = 64 * 1024;
const SENT: Promise<void> = Promise.resolve();

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
  readonly bytes: number;
  readonly resolve: () => void;
  readonly reject: (error: FaultError) => void;
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
    this.#pipe.write(line, 'utf8', this.#written);
    if (this.#pipe.writableLength === 0 && this.#pipe.writable) return SENT;
    return this.#wait(line, id);
  }

  /** Take a request back of which no byte was written, and tell whether that was so. Its `send` resolves. */
  recall(id: RequestId): boolean {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return false;
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
