/** Shows the progress of a call in one line of stderr, on a terminal only. */

import { createLogUpdate } from 'log-update';
import type { Progress } from '../index.ts';
import type { Channel } from './channel.ts';
import { showLine } from './showable.ts';
import { cut } from './width.ts';

/** One line that follows a call. Dispose it to wipe it. */
export class ProgressLine implements Disposable {
  readonly #err: Channel;
  readonly #region: ReturnType<typeof createLogUpdate> | undefined;

  constructor(err: Channel) {
    this.#err = err;
    this.#region = err.isTerminal ? createLogUpdate(err.stream) : undefined;
  }

  /** Show how far it is. */
  show({ progress, total, message }: Progress): void {
    const done = total === undefined ? `${progress}` : `${progress} of ${total}`;
    const text = `progress ${done}${message === undefined ? '' : `: ${showLine(message)}`}`;
    this.#region?.(this.#err.colours.dim(cut(text, this.#err.columns - 1)));
  }

  [Symbol.dispose](): void {
    this.#region?.clear();
    this.#region?.done();
  }
}
