/**
 * Keeps the last lines a server wrote to its stderr, for the message that says why it died. It takes whatever
 * comes, so that a server never blocks on a full pipe, and keeps a bounded part of it as bytes: nothing is
 * decoded or scrubbed until somebody asks.
 */

import { LineFraming } from './line-framing.ts';
import { showServerText, WINDOW_BYTES } from './server-text.ts';

const NEWLINE = 0x0a;
/** Characters of one line that are kept. */
const LINE_CHARS = 1_000;

interface TailLine {
  readonly bytes: Buffer;
  readonly cut: boolean;
}

/**
 * The last `maxLines` lines of a stream.
 *
 * **Bounds** 16 KiB per line while kept, 1 000 characters per line when read.
 * **Errors** never throws.
 */
export class StderrTail {
  readonly #lines: TailLine[] = [];
  readonly #maxLines: number;
  readonly #scrub: (text: string) => string;
  readonly #framing: LineFraming;

  constructor(maxLines: number, scrub: (text: string) => string) {
    this.#maxLines = maxLines;
    this.#scrub = scrub;
    this.#framing = new LineFraming(WINDOW_BYTES, {
      line: (bytes, start, end) => this.#keep(bytes, start, end, false),
      overflow: (bytes, start, end) => this.#keep(bytes, start, end, true),
    });
  }

  /** Take in what the server wrote. Lines that more recent ones of the same chunk would push out are not looked at. */
  push(chunk: Buffer): void {
    const start = this.#startOfTail(chunk);
    if (start > 0) this.#framing.clear();
    this.#framing.push(start === 0 ? chunk : chunk.subarray(start));
  }

  /** The last lines, oldest first, scrubbed; a last line without its newline included. */
  read(): string[] {
    const shown = this.#lines.map(({ bytes, cut }) => showServerText(bytes, cut, LINE_CHARS, this.#scrub));
    shown.push(showServerText(this.#framing.peekPart(), false, LINE_CHARS, this.#scrub));
    return shown.filter((line) => line !== '').slice(-this.#maxLines);
  }

  /** Where the last lines of a chunk begin, as many as are kept. */
  #startOfTail(chunk: Buffer): number {
    let start = chunk.lastIndexOf(NEWLINE);
    for (let lines = 0; lines < this.#maxLines && start > 0; lines += 1) start = chunk.lastIndexOf(NEWLINE, start - 1);
    return start + 1;
  }

  #keep(bytes: Buffer, start: number, end: number, cut: boolean): void {
    if (start === end) return;
    this.#lines.push({ bytes: Buffer.from(bytes.subarray(start, end)), cut });
    if (this.#lines.length > this.#maxLines) this.#lines.shift();
  }
}
