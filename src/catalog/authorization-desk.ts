/**
 * Where servers are authorized: it keeps the authorizer of each configuration, tells the host what a person has to open,
 * and takes what that person's browser brings back. Nothing of it enters a machine.
 */

import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { ConnectionError } from '../errors.ts';
import { FaultError } from '../fault.ts';
import type { Authorizer } from '../transport/http/authorization/authorizer.ts';
import { type CredentialStore, MemoryCredentialStore } from '../transport/http/authorization/credential-store.ts';
import { loadAuthorizer } from '../transport/http/authorization/load-authorizer.ts';
import { isLoopbackRedirect, listenOnLoopback } from '../transport/http/authorization/loopback-receiver.ts';
import type { Authorization, AuthorizationRequired, LoopbackAuthorization } from './authorization.ts';
import type { Revision } from './revision.ts';

/** What a desk is made of. */
export interface AuthorizationDeskOptions {
  readonly clock: Clock;
  readonly clientName: string;
  readonly store?: CredentialStore | undefined;
  readonly notify: (event: AuthorizationRequired) => void;
}

/** Authorizes the servers of one supervisor. */
export class AuthorizationDesk {
  readonly #options: AuthorizationDeskOptions;
  readonly #store: CredentialStore;
  readonly #authorizers = new Map<Revision, Promise<Authorizer>>();
  /** Authorizations that are being finished, by what they end with when that is not wanted any more. */
  readonly #finishing = new Map<Promise<unknown>, Revision>();

  constructor(options: AuthorizationDeskOptions) {
    this.#options = options;
    this.#store = options.store ?? new MemoryCredentialStore();
  }

  /** The authorizer of a configuration, if it wants one. */
  of(revision: Revision): Promise<Authorizer> | undefined {
    const { config } = revision;
    if (config.transport === 'stdio' || config.auth === undefined) return undefined;
    let authorizer = this.#authorizers.get(revision);
    if (authorizer === undefined) {
      const { clock, clientName, notify } = this.#options;
      const { name: server, url, auth } = config;
      authorizer = loadAuthorizer({
        url,
        auth,
        clientName,
        clock,
        store: this.#store,
        learn: (secret) => revision.learned.learn(secret),
        required: (at) =>
          notify({ type: 'authorization.required', server, epoch: undefined, atMs: clock.now(), url: at }),
      }).then((loaded) => (revision.authorizer = loaded));
      this.#authorizers.set(revision, authorizer);
    }
    return authorizer;
  }

  /** Finish the authorization of a server. Rejects with `AUTHORIZATION_FAILED`, or a signal's reason. */
  async authorize(revision: Revision, how: Authorization): Promise<void> {
    const { config } = revision;
    const { name: server } = config;
    const auth = config.transport === 'stdio' ? undefined : config.auth;
    try {
      const authorizer = await this.of(revision);
      if (authorizer === undefined || auth?.type !== 'authorization-code') throw answerInvalid();
      const isLoopback = 'open' in how;
      const finishing = isLoopback ? this.#onLoopback(authorizer, auth.redirectUrl, how) : answer(authorizer, how);
      this.#finishing.set(finishing, revision);
      await finishing.finally(() => this.#finishing.delete(finishing));
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const { fault } = error;
      throw new ConnectionError('AUTHORIZATION_FAILED', `'${server}' could not be authorized`, { server, fault });
    }
  }

  /** A server is gone: whatever is under way for it ends. Never rejects. */
  async release(server: string): Promise<void> {
    await this.#release([...this.#authorizers.keys()].filter(({ config }) => config.name === server));
  }

  /** Whatever is under way ends. Never rejects. */
  async close(): Promise<void> {
    await this.#release([...this.#authorizers.keys()]);
  }

  async #release(revisions: readonly Revision[]): Promise<void> {
    const loaded = revisions.map((revision) => this.#authorizers.get(revision));
    for (const revision of revisions) this.#authorizers.delete(revision);
    await Promise.all(loaded.map(async (authorizer) => (await authorizer)?.close()));
    const finishing = [...this.#finishing].filter(([, revision]) => revisions.includes(revision));
    await Promise.allSettled(finishing.map(([promise]) => promise));
  }

  async #onLoopback(authorizer: Authorizer, redirectUrl: string, how: LoopbackAuthorization): Promise<void> {
    const { clock } = this.#options;
    const { open, deadlineMs = DEFAULTS.authorizationDeadlineMs, signal: own } = how;
    if (!isLoopbackRedirect(redirectUrl)) throw answerInvalid();
    own?.throwIfAborted();
    const url = await authorizer.begin();
    const signal = AbortSignal.any([authorizer.closed, ...(own === undefined ? [] : [own])]);
    const options = { redirectUrl, state: authorizer.pendingState ?? '', clock, deadlineMs, signal };
    await using receiver = await listenOnLoopback(options).catch((error: unknown) => {
      // Another program has that port: no browser can bring anything to us.
      throw signal.aborted ? error : answerInvalid();
    });
    // The browser may be back before whatever opened it says that it did; that it failed is said at once.
    const failed = new Promise<never>((_, reject) => {
      new Promise<void>((opened) => opened(open(url))).catch(reject);
    });
    const callbackUrl = await Promise.race([receiver.answer, failed]);
    await answer(authorizer, { callbackUrl });
  }
}

/** Take what a browser brought back, if it belongs to what was asked for. */
async function answer(authorizer: Authorizer, how: Exclude<Authorization, LoopbackAuthorization>): Promise<void> {
  // Another process may have asked, and this one been told.
  await authorizer.load();
  const expected = authorizer.pendingState;
  const { state, code, iss } = 'callbackUrl' in how ? answerOf(how.callbackUrl) : how;
  const isTrusted = state === undefined && !('callbackUrl' in how);
  // Refused before anything is used up: whoever made it up must not end what a person is about to do.
  if (expected === undefined || !(isTrusted || state === expected)) throw answerInvalid();
  await authorizer.finish({ code, iss });
}

function answerOf(callbackUrl: string): { readonly state?: string; readonly code?: string; readonly iss?: string } {
  const { searchParams } = URL.canParse(callbackUrl) ? new URL(callbackUrl) : new URL('http://localhost');
  return Object.fromEntries(searchParams);
}

function answerInvalid(): FaultError {
  return new FaultError({ kind: 'auth-failed', reason: 'answer-invalid' });
}
