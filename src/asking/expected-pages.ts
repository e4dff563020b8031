/** Which pages people were sent to, so that the word of a server that one is done is believed of no other. */

import { DEFAULTS } from '../config/defaults.ts';

/** Longest id that is kept; of a longer one nobody is told. */
const MAX_ID_CHARS = 1_024;

/** The pages of one server, through all its epochs. */
export class ExpectedPages {
  readonly #ids = new Set<string>();

  /** A person is sent to a page. The oldest is forgotten where there are too many. */
  expect(id: string): void {
    if (id.length > MAX_ID_CHARS) return;
    this.#ids.delete(id);
    this.#ids.add(id);
    const [oldest] = this.#ids;
    if (this.#ids.size > DEFAULTS.maxExpectedPages && oldest !== undefined) this.#ids.delete(oldest);
  }

  /** It is done with, or the person did not go. Returns whether it was expected. */
  settle(id: string): boolean {
    return this.#ids.delete(id);
  }
}
