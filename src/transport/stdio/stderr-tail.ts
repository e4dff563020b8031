/**
 * Keeps the last lines a server wrote to its stderr, for the message that says why it died. It takes whatever
 * comes, so that a server never blocks on a full pipe, and keeps a bounded part of it as bytes: nothing is
 * decoded or scrubbed until somebody asks.
 */

import { LineFraming } from './line-framing.ts';
import { showServerText, WINDOW_BYTES } from './server-text.ts';

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

  /** Take in what the server wrote. */
  push(chunk: Buffer): void {
    this.#framing.push(chunk);
  }

  /** The last lines, oldest first, scrubbed; a last line without its newline included. */
  read(): string[] {
    const shown = this.#lines.map(({ bytes, cut }) => showServerText(bytes, cut, LINE_CHARS, this.#scrub));
    shown.push(showServerText(this.#framing.peekPart(), false, LINE_CHARS, this.#scrub));
    return shown.filter((line) => line !== '').slice(-this.#maxLines);
  }

  #keep(bytes: Buffer, start: number, end: number, cut: boolean): void {
    if (start === end) return;
    this.#lines.push({ bytes: Buffer.from(bytes.subarray(start, end)), cut });
    if (this.#lines.length > this.#maxLines) this.#lines.shift();
  }
}
