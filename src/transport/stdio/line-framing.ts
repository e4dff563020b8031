/**
 * Cuts a stream of bytes into lines, in time linear in what arrives and in memory bounded by the limit. It
 * knows nothing of JSON or pipes, and decides nothing about a line that is too long but to drop the rest of it.
 */

const NEWLINE = 0x0a;
/** First size of the buffer that collects a line that came in parts. */
const FIRST_CAPACITY_BYTES = 16 * 1024;

/** What the framing tells. The bytes are valid during the call only; copy what must last. */
export interface LineSink {
  /** One complete line, without its newline: `bytes[start..end)`. */
  line(bytes: Buffer, start: number, end: number): void;
  /** A line passed the limit. `bytes[start..end)` is its beginning, `limitBytes` long; the rest is skipped. */
  overflow(bytes: Buffer, start: number, end: number): void;
}

/**
 * Cut chunks into lines.
 *
 * A line inside one chunk is handed over where it lies. A line in parts is collected in one buffer that doubles,
 * so each byte is copied a bounded number of times, however small the parts are.
 *
 * **Bounds** holds at most twice `limitBytes`; a line of exactly `limitBytes` passes.
 * **Errors** throws only what the sink throws.
 */
export class LineFraming {
  readonly #limitBytes: number;
  readonly #sink: LineSink;
  #held: Buffer | undefined;
  #heldBytes = 0;
  #skipping = false;

  constructor(limitBytes: number, sink: LineSink) {
    this.#limitBytes = limitBytes;
    this.#sink = sink;
  }

  /** Take in the next bytes. The chunk may be kept by nobody after the call: parts are copied. */
  push(chunk: Buffer): void {
    let start = 0;
    let end = chunk.indexOf(NEWLINE);
    while (end !== -1) {
      this.#finishLine(chunk, start, end);
      start = end + 1;
      end = chunk.indexOf(NEWLINE, start);
    }
    if (start < chunk.length && !this.#skipping) this.#holdPart(chunk, start);
  }

  /** The beginning of the line that has no newline yet, as a copy; empty when there is none. */
  peekPart(): Buffer {
    return this.#held === undefined ? Buffer.alloc(0) : Buffer.from(this.#held.subarray(0, this.#heldBytes));
  }

  /** Forget what is held and free its memory. */
  clear(): void {
    this.#held = undefined;
    this.#heldBytes = 0;
    this.#skipping = false;
  }

  #finishLine(chunk: Buffer, start: number, end: number): void {
    if (this.#skipping) {
      this.#skipping = false;
    } else if (this.#held !== undefined) {
      this.#holdPart(chunk, start, end);
      // The part itself may have passed the limit, and the newline that ends it is this one.
      if (this.#skipping) this.#skipping = false;
      else this.#deliverHeld();
    } else if (end - start > this.#limitBytes) {
      this.#sink.overflow(chunk, start, start + this.#limitBytes);
    } else {
      this.#sink.line(chunk, start, end);
    }
  }

  #deliverHeld(): void {
    const line = this.#held ?? Buffer.alloc(0);
    const bytes = this.#heldBytes;
    // Forgotten first: the sink may throw, or clear.
    this.#held = undefined;
    this.#heldBytes = 0;
    this.#sink.line(line, 0, bytes);
  }

  #holdPart(chunk: Buffer, start: number, end: number = chunk.length): void {
    const needed = this.#heldBytes + end - start;
    const taken = Math.min(needed, this.#limitBytes);
    if (this.#held === undefined || this.#held.length < taken) {
      const doubled = Math.max(taken, FIRST_CAPACITY_BYTES, 2 * (this.#held?.length ?? 0));
      const larger = Buffer.allocUnsafe(Math.min(doubled, this.#limitBytes));
      this.#held?.copy(larger, 0, 0, this.#heldBytes);
      this.#held = larger;
    }
    chunk.copy(this.#held, this.#heldBytes, start, start + taken - this.#heldBytes);
    this.#heldBytes = taken;
    if (needed <= this.#limitBytes) return;
    const beginning = this.#held;
    this.clear();
    this.#skipping = true;
    this.#sink.overflow(beginning, 0, taken);
  }
}
