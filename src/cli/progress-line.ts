/** Shows the progress of a call in one line of stderr, on a terminal only. */

import { createLogUpdate } from 'log-update';
import type { Progress } from '../index.ts';
import type { Channel } from './channel.ts';
import { showLine } from './showable.ts';
import { cut } from './width.ts';

/** One line that follows a call. */
export class ProgressLine {
  readonly #err: Channel;
  readonly #region: ReturnType<typeof createLogUpdate> | undefined;

  constructor(err: Channel) {
    this.#err = err;
    this.#region = err.canRedraw ? createLogUpdate(err.stream) : undefined;
  }

  /** Show how far it is. */
  show({ progress, total, message }: Progress): void {
    const done = total === undefined ? `${progress}` : `${progress} of ${total}`;
    const text = `progress ${done}${message === undefined ? '' : `: ${showLine(message)}`}`;
    this.#region?.(this.#err.colours.dim(cut(text, this.#err.columns - 1)));
  }

  /** Wipe the line. Idempotent. */
  end(): void {
    this.#region?.clear();
    this.#region?.done();
  }
}
