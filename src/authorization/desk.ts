/**
 * Where servers are authorized: it keeps the authorizer of each configuration, tells the host what a person has to open,
 * and takes what that person's browser brings back. Nothing of it enters a machine.
 */

import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { LearnedSecrets } from '../config/learned-secrets.ts';
import type { ServerConfig } from '../config/server-config.ts';
import { ConnectionError } from '../errors.ts';
import { FaultError } from '../fault.ts';
import type { Authorization, AuthorizationRequired, LoopbackAuthorization } from './authorization.ts';
import type { Authorizer } from './authorizer.ts';
import { loadAuthorizer } from './load-authorizer.ts';
import { isLoopbackRedirect, listenOnLoopback } from './loopback-receiver.ts';
import type { CredentialStore } from './store/credential-store.ts';
import { MemoryCredentialStore } from './store/memory-credential-store.ts';

/** What a desk is made of. */
export interface AuthorizationDeskOptions {
  readonly clock: Clock;
  readonly clientName: string;
  readonly store?: CredentialStore | undefined;
  readonly notify: (event: AuthorizationRequired) => void;
}

/** A configuration whose requests may have to be authorized. */
export interface Authorizable {
  readonly config: ServerConfig;
  readonly learned: LearnedSecrets;
  /** What authorizes its requests, once it was needed. */
  authorizer: { readonly pendingUrl: string | undefined } | undefined;
}

/** Authorizes the servers of one supervisor. */
export class AuthorizationDesk {
  readonly #options: AuthorizationDeskOptions;
  readonly #store: CredentialStore;
  readonly #authorizers = new Map<Authorizable, Promise<Authorizer>>();
  /** Authorizations that are being finished, by what they end with when that is not wanted any more. */
  readonly #finishing = new Map<Promise<unknown>, Authorizable>();

  constructor(options: AuthorizationDeskOptions) {
    this.#options = options;
    this.#store = options.store ?? new MemoryCredentialStore();
  }

  /** The authorizer of a configuration, if it wants one. */
  of(configuration: Authorizable): Promise<Authorizer> | undefined {
    const { config } = configuration;
    if (config.transport === 'stdio' || config.auth === undefined) return undefined;
    let authorizer = this.#authorizers.get(configuration);
    if (authorizer === undefined) {
      const { clock, clientName, notify } = this.#options;
      const { name: server, url, auth } = config;
      authorizer = loadAuthorizer({
        url,
        auth,
        clientName,
        clock,
        store: this.#store,
        learn: (secret) => configuration.learned.learn(secret),
        required: (at) =>
          notify({ type: 'authorization.required', server, epoch: undefined, atMs: clock.now(), url: at }),
      }).then((loaded) => (configuration.authorizer = loaded));
      this.#authorizers.set(configuration, authorizer);
    }
    return authorizer;
  }

  /** Finish the authorization of a server. Rejects with `AUTHORIZATION_FAILED`, or a signal's reason. */
  async authorize(configuration: Authorizable, how: Authorization): Promise<void> {
    const { config } = configuration;
    const { name: server } = config;
    const auth = config.transport === 'stdio' ? undefined : config.auth;
    try {
      const authorizer = await this.of(configuration);
      if (authorizer === undefined || auth?.type !== 'authorization-code') throw answerInvalid();
      const isLoopback = 'open' in how;
      const finishing = isLoopback ? this.#onLoopback(authorizer, auth.redirectUrl, how) : answer(authorizer, how);
      this.#finishing.set(finishing, configuration);
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

  async #release(configurations: readonly Authorizable[]): Promise<void> {
    const loaded = configurations.map((configuration) => this.#authorizers.get(configuration));
    for (const configuration of configurations) this.#authorizers.delete(configuration);
    await Promise.all(loaded.map(async (authorizer) => (await authorizer)?.close()));
    const finishing = [...this.#finishing].filter(([, configuration]) => configurations.includes(configuration));
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
  await authorizer.reload();
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
