/** What is kept for one server, as this process knows it. Others may share the store, and write to it meanwhile. */

import { FaultError } from '../fault.ts';
import { authFailed } from './flow-fault.ts';
import type { CredentialKey, CredentialStore, StoredCredentials } from './store/credential-store.ts';

/** The credentials of one key of a store. What its methods reject with is a `FaultError`. */
export class KeptCredentials {
  readonly #store: CredentialStore;
  readonly #key: CredentialKey;
  readonly #learn: (secret: string) => void;
  #current: StoredCredentials | undefined;
  #reading: Promise<void> | undefined;
  #issued: string | undefined;

  /** `learn` is told of every secret that comes up. */
  constructor(store: CredentialStore, key: CredentialKey, learn: (secret: string) => void) {
    this.#store = store;
    this.#key = key;
    this.#learn = learn;
  }

  /** As they were read or kept last. */
  get current(): StoredCredentials | undefined {
    return this.#current;
  }

  /** Whether a token was issued to this very process. */
  isNew(accessToken: string | undefined): boolean {
    return accessToken !== undefined && accessToken === this.#issued;
  }

  /** Read what is kept, once. */
  load(): Promise<void> {
    this.#reading ??= this.#read();
    return this.#reading;
  }

  /** Read what is kept by now. */
  reload(): Promise<void> {
    this.#reading = undefined;
    return this.load();
  }

  /** Run an action while nobody else who shares the store does, on what is kept by then. */
  async exclusively(action: () => Promise<void>): Promise<void> {
    const store = this.#store;
    const run = async () => {
      await this.reload();
      await action();
    };
    try {
      await (store.exclusively === undefined ? run() : store.exclusively(this.#key, run));
    } catch (error) {
      // The lock is the store's, so whatever else it throws is too.
      throw error instanceof FaultError ? error : authFailed('store');
    }
  }

  /** Keep what was issued. */
  async keep(credentials: StoredCredentials): Promise<void> {
    // Known before it can be lost: a refresh token that was used is of no use to anybody else.
    this.#adopt(credentials);
    this.#issued = credentials.tokens?.accessToken;
    try {
      await this.#store.write(this.#key, credentials);
    } catch {
      throw authFailed('store');
    }
  }

  async #read(): Promise<void> {
    try {
      this.#adopt(await this.#store.read(this.#key));
    } catch {
      this.#reading = undefined;
      throw authFailed('store');
    }
  }

  #adopt(credentials: StoredCredentials | undefined): void {
    this.#current = credentials;
    const { tokens, pending, client, proofKey } = credentials ?? {};
    const secrets = [
      tokens?.accessToken,
      tokens?.refreshToken,
      pending?.codeVerifier,
      pending?.state,
      client?.['client_secret'],
      client?.['registration_access_token'],
      proofKey?.['d'],
    ];
    for (const secret of secrets) if (typeof secret === 'string') this.#learn(secret);
  }
}
