/** One request and its token: what it presents, and what is done when the answer says that it is not enough. */

import { FaultError } from '../../../fault.ts';
import type { RequestCredentials } from '../credentials.ts';
import type { ResponseHead } from '../exchange.ts';
import type { RequestHeaders } from '../request-headers.ts';
import type { HttpRequest } from '../socket-pool.ts';
import type { Authorizer } from './authorizer.ts';
import { type Challenge, challengeOf } from './challenge.ts';
import type { StoredTokens } from './credential-store.ts';

/** How often one request may have the flow run for it. */
const MAX_ROUNDS = 2;

/** One request of an authorized server. */
export class AuthorizedRequest implements RequestCredentials {
  readonly #authorizer: Authorizer;
  readonly #request: HttpRequest;
  #presented: StoredTokens | undefined;
  #rounds = 0;
  #hasNonce = false;

  constructor(authorizer: Authorizer, request: HttpRequest) {
    this.#authorizer = authorizer;
    this.#request = request;
  }

  async headers(): Promise<RequestHeaders> {
    const tokens = await this.#authorizer.token(this.#request.method !== 'DELETE');
    this.#presented = tokens;
    if (tokens === undefined) return {};
    const { accessToken, scheme } = tokens;
    if (scheme === 'Bearer') return { authorization: `Bearer ${accessToken}` };
    const { url, method } = this.#request;
    const session = await this.#authorizer.proof();
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
      const mayRefresh = this.#rounds === 0 || !this.#authorizer.isNew(used);
      return () => this.#authorizer.renew(used, challenge, mayRefresh);
    }
    const isMissing = challenge.error === 'insufficient_scope' && this.#authorizer.canStepUp(challenge);
    return isMissing ? () => this.#authorizer.stepUp(used, challenge) : undefined;
  }

  async #remember(nonce: string): Promise<void> {
    try {
      (await this.#authorizer.proof()).rememberNonce(this.#request.url, nonce);
    } catch {
      throw new FaultError({ kind: 'auth-failed', reason: 'malformed-answer' }, 'refused');
    }
  }
}
