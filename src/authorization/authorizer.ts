/**
 * Authorizes the requests of one MCP server, for as long as that server is configured: it outlives every epoch. Requests
 * that are refused at the same time share one run of the flow, and so do the processes that share a store.
 */

import type { DpopSession } from '@modelcontextprotocol/client';
import type { Clock, Timer } from '../clock.ts';
import type { AuthConfig } from '../config/auth-config.ts';
import { DEFAULTS } from '../config/defaults.ts';
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
import { proofSession } from './proof-session.ts';
import { covers, scopeUnion } from './scope-set.ts';
import type { CredentialKey, CredentialStore, StoredCredentials, StoredTokens } from './store/credential-store.ts';

/** What an authorizer is made of. */
export interface AuthorizerOptions {
  readonly url: string;
  readonly auth: AuthConfig;
  readonly clientName: string;
  readonly clock: Clock;
  readonly store: CredentialStore;
  /** Told of every secret that comes up. */
  readonly learn: (secret: string) => void;
  /** Told what a person has to open, once for each. Must not throw. */
  readonly required: (url: string) => void;
}

/** Authorizes the requests of one server. */
export class Authorizer implements Credentials, TokenSource {
  readonly #options: AuthorizerOptions;
  readonly #url: URL;
  readonly #key: CredentialKey;
  readonly #closed = new AbortController();
  /** Runs under way, by what they are to achieve. */
  readonly #runs = new Map<string, Promise<void>>();
  #credentials: StoredCredentials | undefined;
  #loading: Promise<void> | undefined;
  #proof: { readonly key: unknown; readonly session: Promise<DpopSession> } | undefined;
  #announced: string | undefined;
  #issued: string | undefined;
  #turns = 0;

  constructor(options: AuthorizerOptions) {
    this.#options = options;
    this.#url = plainUrl(new URL(options.url));
    this.#key = { url: this.#url.href, account: options.auth.account ?? options.auth.clientId ?? '' };
  }

  get activity(): CredentialActivity {
    return { isBusy: this.#runs.size > 0, turns: this.#turns };
  }

  /** Aborted, with a `FaultError`, when it is closed. */
  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /** What a person has to open now, if anything. */
  get pendingUrl(): string | undefined {
    return this.#credentials?.pending?.url;
  }

  /** What an answer has to bring back to belong to what was opened. */
  get pendingState(): string | undefined {
    return this.#credentials?.pending?.state;
  }

  forRequest(request: HttpRequest): RequestCredentials {
    // No token leaves the origin that it is for.
    return isSameOrigin(this.#url, request.url) ? new AuthorizedRequest(this, request) : NOTHING;
  }

  async token(mayRenew: boolean): Promise<StoredTokens | undefined> {
    await this.#load();
    const tokens = this.#credentials?.tokens;
    if (!mayRenew || tokens === undefined || !this.#isExpired(tokens) || !this.#isRenewable(tokens)) return tokens;
    await this.renew(tokens.accessToken, {}, true);
    return this.#credentials?.tokens;
  }

  async proof(): Promise<DpopSession> {
    const key = this.#credentials?.proofKey;
    if (this.#proof === undefined || this.#proof.key !== key) {
      this.#proof = { key, session: proofSession(key).then(({ session }) => session) };
    }
    return await this.#proof.session;
  }

  async renew(used: string | undefined, challenge: Challenge, mayRefresh: boolean): Promise<void> {
    await this.#once(`renew ${mayRefresh} ${used ?? ''}`, async () => {
      await this.#exclusively(async (flow) => {
        if (this.#isReplaced(used)) return;
        // A person was asked already, and asking again would make the first URL useless.
        const isAsked = this.#isPending() && this.#credentials?.tokens === undefined;
        if (!isAsked) await flow.renew(this.#credentials, challenge, mayRefresh);
      });
    });
    if (!this.#isReplaced(used)) throw this.#required(used === undefined ? 'no-token' : 'token-refused');
  }

  isNew(accessToken: string | undefined): boolean {
    return accessToken !== undefined && accessToken === this.#issued;
  }

  canStepUp({ scope }: Challenge): boolean {
    const tokens = this.#credentials?.tokens;
    return scope !== undefined && !covers(scopeUnion(tokens?.requestedScope, tokens?.scope), scope);
  }

  async stepUp(used: string | undefined, challenge: Challenge): Promise<void> {
    await this.#once(`step up ${challenge.scope ?? ''} ${used ?? ''}`, async () => {
      await this.#exclusively(async (flow) => {
        const isAsked = this.#isPending() && covers(this.#credentials?.pending?.scope, challenge.scope);
        if (!this.#isReplaced(used) && !isAsked) await flow.stepUp(this.#credentials, challenge);
      });
    });
    if (!this.#isReplaced(used)) throw this.#required('scope-missing');
  }

  /** See to it that there is something to open, without being asked by the server. Resolves with the URL. */
  async begin(): Promise<string> {
    await this.#exclusively(async (flow) => {
      if (!this.#isPending()) await flow.stepUp(this.#credentials, {});
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
      const credentials = this.#credentials;
      if (credentials?.pending === undefined) throw authFailed('grant-refused');
      await flow.finish(credentials, credentials.pending, answer);
    });
  }

  /** Read what is kept, for whoever looks before a request is made. Rejects with `FaultError`. */
  async load(): Promise<void> {
    this.#loading = undefined;
    await this.#load();
  }

  /** Break off what is under way. Idempotent, never rejects. */
  async close(): Promise<void> {
    this.#closed.abort(new FaultError({ kind: 'closed' }, 'refused'));
    await Promise.allSettled(this.#runs.values());
  }

  /** Those who want the same at the same time get it together. */
  #once(aim: string, run: () => Promise<void>): Promise<void> {
    let running = this.#runs.get(aim);
    if (running === undefined) {
      this.#turns += 1;
      running = run().finally(() => {
        this.#turns += 1;
        this.#runs.delete(aim);
      });
      this.#runs.set(aim, running);
    }
    return running;
  }

  /** Run a flow alone, on what is kept by then: somebody else may have a newer token already. */
  async #exclusively(run: (flow: AuthorizationFlow) => Promise<void>): Promise<void> {
    const { store, auth, clientName, clock } = this.#options;
    const action = async (): Promise<void> => {
      await this.load();
      const flowFetch = createFlowFetch(this.#url, clock);
      const bound = this.#bound();
      try {
        const keep = (credentials: StoredCredentials) => this.#keep(credentials);
        const { signal } = bound;
        const flow = new AuthorizationFlow({
          auth,
          serverUrl: this.#url,
          clientName,
          clock,
          fetch: flowFetch,
          signal,
          keep,
        });
        await Promise.race([run(flow), bound.passed]);
      } finally {
        bound.clear();
        await flowFetch.release();
      }
    };
    try {
      if (this.#closed.signal.aborted) throw new FaultError({ kind: 'closed' }, 'refused');
      await (store.exclusively === undefined ? action() : store.exclusively(this.#key, action));
    } catch (error) {
      // The lock is the store's, so whatever else it throws is too.
      throw error instanceof FaultError ? error : authFailed('store');
    }
  }

  /** One deadline for a whole run, which closing passes too. */
  #bound(): { readonly signal: AbortSignal; readonly passed: Promise<never>; readonly clear: () => void } {
    const { clock } = this.#options;
    const own = new AbortController();
    let clear = (): void => {};
    const passed = new Promise<never>((_, reject) => {
      const end = (error: FaultError) => {
        clear();
        own.abort();
        reject(error);
      };
      const closed = () => end(new FaultError({ kind: 'closed' }, 'refused'));
      const afterMs = DEFAULTS.authorizationTimeoutMs;
      const late = () => end(new FaultError({ kind: 'unreachable', errno: 'AUTHORIZATION_TIMEOUT' }, 'refused'));
      const timer: Timer = clock.setTimeout(late, afterMs);
      this.#closed.signal.addEventListener('abort', closed, { once: true });
      clear = () => {
        clock.clearTimeout(timer);
        this.#closed.signal.removeEventListener('abort', closed);
      };
    });
    // Nobody may be waiting any more when it passes.
    passed.catch(() => {});
    return { signal: own.signal, passed, clear: () => clear() };
  }

  /** Whether a person was asked for what this configuration wants. */
  #isPending(): boolean {
    const { pending, issuer } = this.#credentials ?? {};
    const { auth } = this.#options;
    if (pending === undefined || issuer === undefined || auth.type !== 'authorization-code') return false;
    const client = new URL(pending.url).searchParams.get('client_id');
    const isOurs = auth.clientId === undefined || auth.clientId === client;
    return isOurs && pending.redirectUrl === auth.redirectUrl && isSameIssuer(issuer, auth.issuer ?? issuer);
  }

  #load(): Promise<void> {
    this.#loading ??= this.#read();
    return this.#loading;
  }

  async #read(): Promise<void> {
    try {
      this.#adopt(await this.#options.store.read(this.#key));
    } catch {
      this.#loading = undefined;
      throw authFailed('store');
    }
  }

  async #keep(credentials: StoredCredentials): Promise<void> {
    // Known before it can be lost: a refresh token that was used is of no use to anybody else.
    this.#adopt(credentials);
    this.#issued = credentials.tokens?.accessToken;
    try {
      await this.#options.store.write(this.#key, credentials);
    } catch {
      throw authFailed('store');
    }
  }

  #adopt(credentials: StoredCredentials | undefined): void {
    this.#credentials = credentials;
    const { tokens, pending, client, proofKey } = credentials ?? {};
    const secrets = [tokens?.accessToken, tokens?.refreshToken, pending?.codeVerifier, pending?.state];
    for (const secret of [
      ...secrets,
      client?.['client_secret'],
      client?.['registration_access_token'],
      proofKey?.['d'],
    ]) {
      if (typeof secret === 'string') this.#options.learn(secret);
    }
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
    const tokens = this.#credentials?.tokens;
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
