/**
 * Where servers are authorized: it has an authorizer for each configuration, tells the host what a person has to open,
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
import { ServerAuthorizers } from './server-authorizers.ts';
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
  readonly #servers = new Map<string, ServerAuthorizers>();

  constructor(options: AuthorizationDeskOptions) {
    this.#options = options;
    this.#store = options.store ?? new MemoryCredentialStore();
  }

  /** The authorizer of a configuration, if it wants one. */
  of(configuration: Authorizable): Promise<Authorizer> | undefined {
    const { config } = configuration;
    if (!('auth' in config) || config.auth === undefined) return undefined;
    const { clock, clientName, notify } = this.#options;
    const { name: server, url, auth } = config;
    const authorizers = this.#of(server);
    return authorizers.of(configuration, async () => {
      const authorizer = await loadAuthorizer({
        url,
        auth,
        clientName,
        clock,
        store: this.#store,
        closed: authorizers.closed,
        begun: (run) => authorizers.follow(run),
        learn: (secret) => configuration.learned.learn(secret),
        required: (at) =>
          notify({ type: 'authorization.required', server, epoch: undefined, atMs: clock.now(), url: at }),
      });
      configuration.authorizer = authorizer;
      return authorizer;
    });
  }

  /** Finish the authorization of a server. Rejects with `AUTHORIZATION_FAILED`, or a signal's reason. */
  async authorize(configuration: Authorizable, how: Authorization): Promise<void> {
    const { name: server } = configuration.config;
    const finishing = this.#finish(configuration, how);
    this.#of(server).follow(finishing);
    try {
      await finishing;
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const { fault } = error;
      throw new ConnectionError('AUTHORIZATION_FAILED', `'${server}' could not be authorized`, { server, fault });
    }
  }

  /** A server is gone: whatever is under way for it ends. Never rejects. */
  async release(server: string): Promise<void> {
    const authorizers = this.#servers.get(server);
    this.#servers.delete(server);
    await authorizers?.close();
  }

  /** Whatever is under way ends. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#servers.keys()].map((server) => this.release(server)));
  }

  #of(server: string): ServerAuthorizers {
    const authorizers = this.#servers.get(server) ?? new ServerAuthorizers();
    this.#servers.set(server, authorizers);
    return authorizers;
  }

  async #finish(configuration: Authorizable, how: Authorization): Promise<void> {
    const { config } = configuration;
    const auth = 'auth' in config ? config.auth : undefined;
    const authorizer = await this.of(configuration);
    if (authorizer === undefined || auth?.type !== 'authorization-code') throw answerInvalid();
    if ('open' in how) await this.#onLoopback(authorizer, auth.redirectUrl, how);
    else await answer(authorizer, how);
  }

  async #onLoopback(authorizer: Authorizer, redirectUrl: string, how: LoopbackAuthorization): Promise<void> {
    const { clock } = this.#options;
    const { open, deadlineMs = DEFAULTS.authorizationDeadlineMs, signal: own } = how;
    const { isLoopbackRedirect, listenOnLoopback } = await import('./loopback-receiver.ts');
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
