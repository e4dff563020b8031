/** The store that is used where a host brings none: in memory, and shared with no other process. */

import { Turns } from '../../policy/turns.ts';
import type { CredentialKey, CredentialStore, StoredCredentials } from './credential-store.ts';

/** Keeps credentials for as long as the process lives. */
export class MemoryCredentialStore implements CredentialStore {
  readonly #records = new Map<string, StoredCredentials>();
  readonly #turns = new Turns();

  async read(key: CredentialKey): Promise<StoredCredentials | undefined> {
    return this.#records.get(nameOf(key));
  }

  async write(key: CredentialKey, credentials: StoredCredentials): Promise<void> {
    this.#records.set(nameOf(key), credentials);
  }

  async delete(key: CredentialKey): Promise<void> {
    this.#records.delete(nameOf(key));
  }

  exclusively<T>(key: CredentialKey, action: () => Promise<T>): Promise<T> {
    return this.#turns.take(nameOf(key), action);
  }
}

function nameOf({ url, account }: CredentialKey): string {
  return JSON.stringify([url, account]);
}
