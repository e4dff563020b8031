/**
 * Secrets of one server that are in no configuration: headers that a function gave, tokens that an authorization
 * server issued. Only the latest are remembered, because they rotate for as long as the host runs.
 */

import { formsOf } from './secret-form.ts';
import { MIN_SECRET_LENGTH, valueSecrets } from './secrets.ts';

/** How many are remembered: a few rotations of every header and token of one server. */
const MAX_LEARNED = 64;

/** Remembers the latest secrets of one server. */
export class LearnedSecrets {
  /** By secret, oldest first; each with the forms under which it can turn up. */
  readonly #forms = new Map<string, readonly string[]>();

  /** Remember a value, and the parts of it that are worth hiding by themselves. */
  learn(value: string): void {
    for (const secret of valueSecrets(value)) this.#remember(secret);
  }

  /** Everything to look for in a text. */
  get forms(): string[] {
    return [...this.#forms.values()].flat();
  }

  #remember(secret: string): void {
    if (secret.length < MIN_SECRET_LENGTH) return;
    const forms = this.#forms.get(secret) ?? formsOf(secret);
    // Taken out first, so that what is still in use is the youngest.
    this.#forms.delete(secret);
    this.#forms.set(secret, forms);
    const [oldest] = this.#forms.keys();
    if (this.#forms.size > MAX_LEARNED && oldest !== undefined) this.#forms.delete(oldest);
  }
}
