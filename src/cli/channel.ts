/**
 * Where the program writes: a stream, with what is known of its reader. It writes what it is given: texts of others
 * are made safe before they get here.
 */

import { type Colours, chooseColours } from './colour.ts';

/** A stream that may be a terminal. */
export type OutputStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
};

const USUAL_COLUMNS = 80;
const USUAL_ROWS = 24;

/** One stream of output. */
export class Channel {
  readonly stream: OutputStream;
  readonly isTerminal: boolean;
  /** Whether what was written can be drawn over. */
  readonly canRedraw: boolean;
  readonly colours: Colours;

  constructor(stream: OutputStream, env: Readonly<Record<string, string | undefined>>) {
    this.stream = stream;
    this.isTerminal = stream.isTTY === true;
    this.canRedraw = this.isTerminal && env['TERM'] !== 'dumb';
    this.colours = chooseColours({ isTerminal: this.isTerminal, env });
  }

  /** Columns that a line may take; without bound when the reader is no terminal. */
  get columns(): number {
    return this.isTerminal ? this.stream.columns || USUAL_COLUMNS : Number.POSITIVE_INFINITY;
  }

  /** Lines that can be seen at once. */
  get rows(): number {
    return this.isTerminal ? this.stream.rows || USUAL_ROWS : Number.POSITIVE_INFINITY;
  }

  /** Write a text and end the line. */
  line(text: string): void {
    this.stream.write(`${text}\n`);
  }
}
