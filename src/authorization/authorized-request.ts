/** One request and its token: what it presents, and what is done when the answer says that it is not enough. */

import type { DpopSession } from '@modelcontextprotocol/client';
import { FaultError } from '../fault.ts';
import type { RequestCredentials } from '../transport/http/credentials.ts';
import type { ResponseHead } from '../transport/http/exchange.ts';
import type { HttpRequest } from '../transport/http/http-request.ts';
import type { RequestHeaders } from '../transport/http/request-headers.ts';
import { type Challenge, challengeOf } from './challenge.ts';
import type { StoredTokens } from './store/credential-store.ts';

/** How often one request may have the flow run for it. */
const MAX_ROUNDS = 2;

/** What gets the tokens of a server, as one of its requests sees it. What it is asked for rejects with `FaultError`. */
export interface TokenSource {
  /** The token to present now, renewed before if it has expired and that is worth it. */
  token(mayRenew: boolean): Promise<StoredTokens | undefined>;
  /** The session that proves that a token is ours. */
  proof(): Promise<DpopSession>;
  /** Whether a token was issued to this very process, so that refreshing it once more gives nothing better. */
  isNew(accessToken: string | undefined): boolean;
  /**
   * See to it that there is another token than `used`. Where only a person can, rejects with `auth-required`.
   * `mayRefresh` is false for a token that was refreshed a moment ago and is refused all the same.
   */
  renew(used: string | undefined, challenge: Challenge, mayRefresh: boolean): Promise<void>;
  /** Whether another run could get what an answer wants: what was asked for before is not asked for again. */
  canStepUp(challenge: Challenge): boolean;
  /** See to it that there is a token that may do what a challenge says. As `renew` where only a person can. */
  stepUp(used: string | undefined, challenge: Challenge): Promise<void>;
}

/** One request of an authorized server. */
export class AuthorizedRequest implements RequestCredentials {
  readonly #tokens: TokenSource;
  readonly #request: HttpRequest;
  #presented: StoredTokens | undefined;
  #rounds = 0;
  #hasNonce = false;

  constructor(tokens: TokenSource, request: HttpRequest) {
    this.#tokens = tokens;
    this.#request = request;
  }

  async headers(): Promise<RequestHeaders> {
    const presented = await this.#tokens.token(this.#request.method !== 'DELETE');
    this.#presented = presented;
    if (presented === undefined) return {};
    const { accessToken, scheme } = presented;
    if (scheme === 'Bearer') return { authorization: `Bearer ${accessToken}` };
    const { url, method } = this.#request;
    const session = await this.#tokens.proof();
    // A proof is good for one request, so each try has its own.
    const dpop = await session.buildProof({ htm: method, htu: url, accessToken });
    return { authorization: `DPoP ${accessToken}`, dpop };
  }

  answered(head: ResponseHead): (() => Promise<void>) | undefined {
    const nonce = this.#presented?.scheme === 'DPoP' ? head.header('dpop-nonce') : undefined;
    const { status } = head;
    if (status !== 401 && status !== 403) {
      // A new nonce may come with any answer, and is good for the next request only (RFC 9449, section 8.2).
      if (nonce !== undefined) void this.#remember(nonce).catch(() => {});
      return undefined;
    }
    // A farewell is not worth a new token.
    if (this.#request.method === 'DELETE') return undefined;
    const challenge = challengeOf(head);
    if (nonce !== undefined && challenge.error === 'use_dpop_nonce' && !this.#hasNonce) {
      this.#hasNonce = true;
      return () => this.#remember(nonce);
    }
    const next = this.#rounds < MAX_ROUNDS ? this.#next(status, challenge) : undefined;
    if (next !== undefined) this.#rounds += 1;
    return next;
  }

  #next(status: 401 | 403, challenge: Challenge): (() => Promise<void>) | undefined {
    const used = this.#presented?.accessToken;
    if (status === 401) {
      const mayRefresh = this.#rounds === 0 || !this.#tokens.isNew(used);
      return () => this.#tokens.renew(used, challenge, mayRefresh);
    }
    const isMissing = challenge.error === 'insufficient_scope' && this.#tokens.canStepUp(challenge);
    return isMissing ? () => this.#tokens.stepUp(used, challenge) : undefined;
  }

  async #remember(nonce: string): Promise<void> {
    try {
      (await this.#tokens.proof()).rememberNonce(this.#request.url, nonce);
    } catch {
      throw new FaultError({ kind: 'auth-failed', reason: 'malformed-answer' }, 'refused');
    }
  }
}
