/** A terminal that a test can read: it keeps what was written, and its owner can send signals. */

import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import type { HostProcess } from '../../src/cli/host.ts';

/** A process with terminals for streams. */
export interface FakeTerminal {
  readonly process: HostProcess;
  /** Everything written to stdout, escape sequences included. */
  stdout(): string;
  stderr(): string;
  /** Resolves when what was written to stdout, without escape sequences, passes. */
  shows(passes: (text: string) => boolean): Promise<string>;
  /** The same of stderr. */
  complains(passes: (text: string) => boolean): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Press keys. */
  type(text: string): void;
  /** Whether keys go to the program one by one. */
  readonly isRaw: boolean;
  resize(columns: number, rows: number): void;
}

class Screen extends Writable {
  readonly isTTY = true;
  columns: number;
  rows: number;
  text = '';

  constructor(columns: number, rows: number) {
    super({ decodeStrings: false });
    this.columns = columns;
    this.rows = rows;
  }

  shows(passes: (text: string) => boolean): Promise<string> {
    return new Promise((resolve) => {
      const look = (): void => {
        const text = stripVTControlCharacters(this.text);
        if (!passes(text)) return;
        this.off('written', look);
        resolve(text);
      };
      this.on('written', look);
      look();
    });
  }

  override _write(chunk: string | Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    this.emit('written');
    done();
  }
}

/** Make a process that runs in a terminal of that size. */
export function fakeTerminal(args: readonly string[], columns: number, rows: number): FakeTerminal {
  const [stdout, stderr, signals] = [new Screen(columns, rows), new Screen(columns, rows), new EventEmitter()];
  const keys = Object.assign(new Readable({ read: () => {} }), {
    isTTY: true,
    isRaw: false,
    setRawMode: (isRaw: boolean) => {
      keys.isRaw = isRaw;
    },
  });
  return {
    type: (text) => void keys.push(text),
    get isRaw() {
      return keys.isRaw;
    },
    process: {
      argv: ['node', 'mcp-supervisor', ...args],
      env: { TERM: 'xterm-256color' },
      // What a command reads to its end has one; keys have none.
      stdin: args[0] === 'watch' ? keys : Readable.from([]),
      pid: 0,
      kill: (_pid, signal) => signals.emit('sent', signal),
      stdout,
      stderr,
      on: (event, listener) => signals.on(event, listener),
      off: (event, listener) => signals.off(event, listener),
      exit: (code) => {
        throw new Error(`it wanted to exit with ${code}`);
      },
    },
    stdout: () => stdout.text,
    stderr: () => stderr.text,
    shows: (passes) => stdout.shows(passes),
    complains: (passes) => stderr.shows(passes),
    signal: (signal) => void signals.emit(signal, signal),
    resize: (toColumns, toRows) => {
      stdout.columns = toColumns;
      stdout.rows = toRows;
      stdout.emit('resize');
    },
  };
}
