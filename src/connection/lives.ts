/** What each connection announced last, beside the machines: whoever hears it writes it, the supervisor reads it. */

import type { ConnectionState } from '../connection-state.ts';

/** What a connection announced last. */
export interface Life {
  readonly state: ConnectionState;
  readonly epoch: number;
}

/** One that has announced nothing. */
const UNBORN: Life = { state: 'closed', epoch: 0 };

/** The lives of the connections of one supervisor, by the ids of their actors. */
export class Lives {
  readonly #lives = new Map<string, Life>();

  of(connection: string): Life {
    return this.#lives.get(connection) ?? UNBORN;
  }

  note(connection: string, { state, epoch }: Life): void {
    this.#lives.set(connection, { state, epoch });
  }

  forget(connection: string): void {
    this.#lives.delete(connection);
  }
}
