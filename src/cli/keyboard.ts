/**
 * Reads single keys of a terminal while something live is shown on it. The terminal gives up the keys that mean a
 * signal then, so they are sent from here: Ctrl-C, Ctrl-Z and Ctrl-\ do what they always do.
 */

import type { Host } from './host.ts';

/** A stream of keys: stdin, where it is a terminal. */
type KeyStream = NodeJS.ReadableStream & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

const CTRL_C = '\u0003';
const CTRL_Z = '\u001a';
const CTRL_BACKSLASH = '\u001c';

/** Tell whether single keys can be read. */
export function hasKeys(host: Host): boolean {
  const stdin: KeyStream = host.stdin();
  return stdin.isTTY === true && typeof stdin.setRawMode === 'function';
}

/** Reads keys until it is disposed, which gives the terminal back. */
export class Keyboard implements Disposable {
  readonly #host: Host;
  readonly #stdin: KeyStream;
  readonly #interrupt: () => void;
  readonly #pressed: (key: string) => void;

  /** `interrupt` is called for Ctrl-C, `pressed` for every other key that is no signal. */
  constructor(host: Host, interrupt: () => void, pressed: (key: string) => void) {
    this.#host = host;
    this.#stdin = host.stdin();
    this.#interrupt = interrupt;
    this.#pressed = pressed;
    this.#stdin.on('data', this.#read);
    host.process.on('SIGCONT', this.#resume);
    this.#resume();
  }

  [Symbol.dispose](): void {
    this.#stdin.off('data', this.#read);
    this.#host.process.off('SIGCONT', this.#resume);
    this.#stdin.setRawMode?.(false);
    this.#stdin.pause();
  }

  readonly #resume = (): void => {
    this.#stdin.setRawMode?.(true);
    this.#stdin.resume();
  };

  readonly #read = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) {
      if (key === CTRL_C) this.#interrupt();
      else if (key === CTRL_Z) this.#signal('SIGTSTP');
      else if (key === CTRL_BACKSLASH) this.#signal('SIGQUIT');
      else this.#pressed(key);
    }
  };

  /** The shell, or whoever comes next, finds the terminal as it was. */
  #signal(signal: NodeJS.Signals): void {
    this.#stdin.setRawMode?.(false);
    this.#host.process.kill(this.#host.process.pid, signal);
  }
}
