/**
 * Authorizes the requests of one MCP server, for as long as its configuration is of use: it outlives every epoch. Requests
 * that are refused at the same time share one run of the flow, and so do the processes that share a store.
 */

import type { DpopSession } from '@modelcontextprotocol/client';
import type { Clock } from '../clock.ts';
import type { AuthConfig } from '../config/auth-config.ts';
import { type AuthRequirement, FaultError } from '../fault.ts';
import type { CredentialActivity, Credentials, RequestCredentials } from '../transport/http/credentials.ts';
import type { HttpRequest } from '../transport/http/http-request.ts';
import { isSameOrigin } from '../transport/http/http-status.ts';
import { plainUrl } from '../transport/http/request-headers.ts';
import { type AuthorizationAnswer, AuthorizationFlow } from './authorization-flow.ts';
import { AuthorizedRequest, type TokenSource } from './authorized-request.ts';
import type { Challenge } from './challenge.ts';
import { isSameIssuer } from './discovery.ts';
import { authFailed } from './flow-fault.ts';
import { createFlowFetch } from './flow-fetch.ts';
import { KeptCredentials } from './kept-credentials.ts';
import { proofSession } from './proof-session.ts';
import { withinRunDeadline } from './run-deadline.ts';
import { covers, scopeUnion } from './scope-set.ts';
import { SharedRuns } from './shared-runs.ts';
import type { CredentialStore, StoredCredentials, StoredTokens } from './store/credential-store.ts';

/** What an authorizer is made of. */
export interface AuthorizerOptions {
  readonly url: string;
  readonly auth: AuthConfig;
  readonly clientName: string;
  readonly clock: Clock;
  readonly store: CredentialStore;
  /** Aborted, with a `FaultError`, when its server is gone: what is under way ends, and nothing more begins. */
  readonly closed: AbortSignal;
  /** Given every run that begins for the sake of a request. */
  readonly begun: (run: Promise<void>) => void;
  /** Told of every secret that comes up. */
  readonly learn: (secret: string) => void;
  /** Told what a person has to open, once for each. Must not throw. */
  readonly required: (url: string) => void;
}

/** Authorizes the requests of one server. */
export class Authorizer implements Credentials, TokenSource {
  readonly #options: AuthorizerOptions;
  readonly #url: URL;
  readonly #kept: KeptCredentials;
  readonly #runs: SharedRuns;
  #proof: { readonly key: unknown; readonly session: Promise<DpopSession> } | undefined;
  #announced: string | undefined;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#url = plainUrl(new URL(options.url));
    const key = { url: this.#url.href, account: options.auth.account ?? options.auth.clientId ?? '' };
    this.#kept = new KeptCredentials(options.store, key, options.learn);
    this.#runs = new SharedRuns(options.begun);
  }

  get activity(): CredentialActivity {
    return this.#runs.activity;
  }

  /** Aborted, with a `FaultError`, when its server is gone. */
  get closed(): AbortSignal {
    return this.#options.closed;
  }

  /** What a person has to open now, if anything. */
  get pendingUrl(): string | undefined {
    return this.#kept.current?.pending?.url;
  }

  /** What an answer has to bring back to belong to what was opened. */
  get pendingState(): string | undefined {
    return this.#kept.current?.pending?.state;
  }

  forRequest(request: HttpRequest): RequestCredentials {
    // No token leaves the origin that it is for.
    return isSameOrigin(this.#url, request.url) ? new AuthorizedRequest(this, request) : NOTHING;
  }

  async token(mayRenew: boolean): Promise<StoredTokens | undefined> {
    await this.#kept.load();
    const tokens = this.#kept.current?.tokens;
    if (!mayRenew || tokens === undefined || !this.#isExpired(tokens) || !this.#isRenewable(tokens)) return tokens;
    await this.renew(tokens.accessToken, {}, true);
    return this.#kept.current?.tokens;
  }

  async proof(): Promise<DpopSession> {
    const key = this.#kept.current?.proofKey;
    if (this.#proof === undefined || this.#proof.key !== key) {
      this.#proof = { key, session: proofSession(key).then(({ session }) => session) };
    }
    return await this.#proof.session;
  }

  async renew(used: string | undefined, challenge: Challenge, mayRefresh: boolean): Promise<void> {
    await this.#runs.join(`renew ${mayRefresh} ${used ?? ''}`, async () => {
      await this.#exclusively(async (flow) => {
        if (this.#isReplaced(used)) return;
        // A person was asked already, and asking again would make the first URL useless.
        const isAsked = this.#isPending() && this.#kept.current?.tokens === undefined;
        if (!isAsked) await flow.renew(this.#kept.current, challenge, mayRefresh);
      });
    });
    if (!this.#isReplaced(used)) throw this.#required(used === undefined ? 'no-token' : 'token-refused');
  }

  isNew(accessToken: string | undefined): boolean {
    return this.#kept.isNew(accessToken);
  }

  canStepUp({ scope }: Challenge): boolean {
    const tokens = this.#kept.current?.tokens;
    return scope !== undefined && !covers(scopeUnion(tokens?.requestedScope, tokens?.scope), scope);
  }

  async stepUp(used: string | undefined, challenge: Challenge): Promise<void> {
    await this.#runs.join(`step up ${challenge.scope ?? ''} ${used ?? ''}`, async () => {
      await this.#exclusively(async (flow) => {
        const isAsked = this.#isPending() && covers(this.#kept.current?.pending?.scope, challenge.scope);
        if (!this.#isReplaced(used) && !isAsked) await flow.stepUp(this.#kept.current, challenge);
      });
    });
    if (!this.#isReplaced(used)) throw this.#required('scope-missing');
  }

  /** See to it that there is something to open, without being asked by the server. Resolves with the URL. */
  async begin(): Promise<string> {
    await this.#exclusively(async (flow) => {
      if (!this.#isPending()) await flow.stepUp(this.#kept.current, {});
    });
    const url = this.pendingUrl;
    if (url === undefined) throw authFailed('discovery');
    this.#announce();
    return url;
  }

  /**
   * Go on with what a person's browser brought back. Answers that do not bring back `pendingState` must not come here.
   * Rejects with `FaultError`.
   */
  async finish(answer: AuthorizationAnswer): Promise<void> {
    if (answer.code !== undefined) this.#options.learn(answer.code);
    await this.#exclusively(async (flow) => {
      const credentials = this.#kept.current;
      if (credentials?.pending === undefined) throw authFailed('grant-refused');
      await flow.finish(credentials, credentials.pending, answer);
    });
  }

  /** Read what is kept by now, for whoever looks before a request is made. Rejects with `FaultError`. */
  reload(): Promise<void> {
    return this.#kept.reload();
  }

  /** Run a flow alone, on what is kept by then: somebody else may have a newer token already. */
  async #exclusively(run: (flow: AuthorizationFlow) => Promise<void>): Promise<void> {
    this.closed.throwIfAborted();
    const { auth, clientName, clock } = this.#options;
    const kept = this.#kept;
    await kept.exclusively(async () => {
      const fetch = createFlowFetch(this.#url, clock);
      const keep = (credentials: StoredCredentials) => kept.keep(credentials);
      const context = { auth, serverUrl: this.#url, clientName, clock, fetch, keep };
      try {
        const begin = (signal: AbortSignal) => run(new AuthorizationFlow({ ...context, signal }));
        await withinRunDeadline(clock, this.closed, begin);
      } finally {
        await fetch.release();
      }
    });
  }

  /** Whether a person was asked for what this configuration wants. */
  #isPending(): boolean {
    const { pending, issuer } = this.#kept.current ?? {};
    const { auth } = this.#options;
    if (pending === undefined || issuer === undefined || auth.type !== 'authorization-code') return false;
    const client = new URL(pending.url).searchParams.get('client_id');
    const isOurs = auth.clientId === undefined || auth.clientId === client;
    return isOurs && pending.redirectUrl === auth.redirectUrl && isSameIssuer(issuer, auth.issuer ?? issuer);
  }

  #required(reason: AuthRequirement): FaultError {
    this.#announce();
    return new FaultError({ kind: 'auth-required', reason }, 'refused');
  }

  #announce(): void {
    const url = this.pendingUrl;
    if (url === undefined || url === this.#announced) return;
    this.#announced = url;
    this.#options.required(url);
  }

  /** Whether there is another token than the one that was used, and one that is still good. */
  #isReplaced(used: string | undefined): boolean {
    const tokens = this.#kept.current?.tokens;
    return tokens !== undefined && tokens.accessToken !== used && !this.#isExpired(tokens);
  }

  #isExpired({ expiresAtMs }: StoredTokens): boolean {
    return expiresAtMs !== undefined && expiresAtMs <= this.#options.clock.now();
  }

  #isRenewable({ refreshToken }: StoredTokens): boolean {
    return this.#options.auth.type !== 'authorization-code' || refreshToken !== undefined;
  }
}

const NOTHING: RequestCredentials = { headers: async () => ({}) };
