/**
 * One run of the flow that gets a token, from finding the authorization server to keeping what it issued. It runs while
 * nobody else does for the same credentials, and begins with what others have kept meanwhile: a refresh token is used
 * once. It opens nothing for a person; it says what a person would have to open.
 */

import { randomBytes } from 'node:crypto';
import { startAuthorization, validateAuthorizationResponseIssuer } from '@modelcontextprotocol/client';
import type { Clock } from '../clock.ts';
import type { AuthConfig, AuthorizationCodeConfig } from '../config/auth-config.ts';
import type { Challenge } from './challenge.ts';
import { type ClientInformation, clientAt } from './client-registration.ts';
import { type Authority, assertExpected, assertInteractive, discover, isSameIssuer } from './discovery.ts';
import { authFailed, flowFault, isClientGone, isGrantGone } from './flow-fault.ts';
import type { FlowFetch } from './flow-fetch.ts';
import { exchangedTokens, type GrantContext, machineTokens, refreshedTokens, storedTokens } from './grants.ts';
import { type ProofSession, proofSession } from './proof-session.ts';
import { scopeUnion } from './scope-set.ts';
import type { PendingAuthorization, StoredCredentials, StoredTokens } from './store/credential-store.ts';

/** What a run works with. */
export interface FlowContext {
  readonly auth: AuthConfig;
  readonly serverUrl: URL;
  readonly clientName: string;
  readonly clock: Clock;
  readonly fetch: FlowFetch;
  readonly signal: AbortSignal;
  /** Keep what there is from now on; nothing counts as issued before it is kept. */
  readonly keep: (credentials: StoredCredentials) => Promise<void>;
}

/** What the browser of a person brought back. */
export interface AuthorizationAnswer {
  readonly code: string | undefined;
  readonly iss: string | undefined;
}

/** Gets tokens for one MCP server. */
export class AuthorizationFlow {
  readonly #context: FlowContext;

  constructor(context: FlowContext) {
    this.#context = context;
  }

  /**
   * Get another token than the one in `stored`: by its refresh token unless that is not to be tried, or in our own name.
   * Where only a person can help, what is kept names what is to be opened. Rejects with `FaultError`.
   */
  async renew(stored: StoredCredentials | undefined, challenge: Challenge, mayRefresh: boolean): Promise<void> {
    const { auth } = this.#context;
    const { authority, known } = await this.#authority(stored, challenge.resourceMetadataUrl);
    const scope = this.#scope(authority, challenge.scope, known?.tokens);
    if (auth.type !== 'authorization-code') return await this.#ask(authority, known, scope);
    const refreshToken = mayRefresh ? known?.tokens?.refreshToken : undefined;
    if (refreshToken !== undefined && known !== undefined) {
      const rest = await this.#refresh(authority, known, refreshToken);
      if (rest === undefined) return;
      return await this.#begin(auth, authority, rest, scope, challenge.resourceMetadataUrl);
    }
    const { tokens: _, ...rest } = known ?? { issuer: authority.issuer };
    await this.#begin(auth, authority, rest, scope, challenge.resourceMetadataUrl);
  }

  /** Get a token that may do more. Where only a person can give it, the present one is kept for what it may do. */
  async stepUp(stored: StoredCredentials | undefined, challenge: Challenge): Promise<void> {
    const { auth } = this.#context;
    const { authority, known } = await this.#authority(stored, challenge.resourceMetadataUrl);
    const tokens = known?.tokens;
    const all = scopeUnion(tokens?.requestedScope, tokens?.scope, challenge.scope);
    const scope = all ?? this.#scope(authority, undefined, undefined);
    if (auth.type !== 'authorization-code') return await this.#ask(authority, known, scope);
    const present = known ?? { issuer: authority.issuer };
    await this.#begin(auth, authority, present, scope, challenge.resourceMetadataUrl);
  }

  /** Use what a person's browser brought back. */
  async finish(stored: StoredCredentials, pending: PendingAuthorization, answer: AuthorizationAnswer): Promise<void> {
    const { auth, clock } = this.#context;
    const { authority, known } = await this.#authority(stored, pending.resourceMetadataUrl);
    // What was asked for at one authorization server is answered by that one alone.
    if (known === undefined) {
      await this.#context.keep({ issuer: authority.issuer });
      throw authFailed('issuer-mismatch');
    }
    const { metadata } = authority;
    const { iss, code } = answer;
    const { pending: _, ...rest } = known;
    try {
      validateAuthorizationResponseIssuer({
        iss,
        expectedIssuer: metadata?.issuer,
        issParameterSupported: metadata?.authorization_response_iss_parameter_supported === true,
      });
      if (code === undefined) {
        await this.#context.keep(rest);
        throw authFailed('grant-refused');
      }
      const client = await this.#client(authority, auth, known, pending.scope);
      const proof = await this.#proof(known);
      const issued = await exchangedTokens(code, iss, pending, this.#grant(authority, client, proof));
      const tokens = storedTokens(issued, pending.scope, clock.now());
      await this.#keep(rest, client, proof, tokens);
    } catch (error) {
      // A code is good for one try, and so is what it was asked for with.
      if (isGrantGone(error)) await this.#context.keep(rest);
      throw flowFault(error, 'malformed-answer');
    }
  }

  /** Who authorizes, and what is stored for that one: nothing that another one issued is looked at again. */
  async #authority(
    stored: StoredCredentials | undefined,
    resourceMetadataUrl: string | undefined,
  ): Promise<{ authority: Authority; known: StoredCredentials | undefined }> {
    const { auth, serverUrl, fetch } = this.#context;
    const authority = await discover(serverUrl, resourceMetadataUrl, fetch);
    assertExpected(authority, auth);
    const known = stored !== undefined && isSameIssuer(stored.issuer, authority.issuer) ? stored : undefined;
    // A secret that was configured without its issuer belongs to the first one that was met.
    const holdsSecret = auth.type !== 'authorization-code' || auth.clientSecret !== undefined;
    if (stored !== undefined && known === undefined && holdsSecret && auth.issuer === undefined) {
      throw authFailed('issuer-mismatch');
    }
    return { authority, known };
  }

  /** Returns what is left when the refresh token is of no use any more. */
  async #refresh(
    authority: Authority,
    known: StoredCredentials,
    refreshToken: string,
  ): Promise<StoredCredentials | undefined> {
    const { auth, clock } = this.#context;
    const { tokens: old, ...rest } = known;
    const { pending: _, ...settled } = known;
    try {
      // It is the client that the token was issued to, whatever may be asked for.
      const client = await this.#client(authority, auth, settled, undefined);
      const proof = await this.#proof(known);
      const issued = await refreshedTokens(refreshToken, this.#grant(authority, client, proof));
      const fresh = storedTokens(issued, old?.requestedScope, clock.now());
      const scope = issued.scope ?? old?.scope;
      await this.#keep(known, client, proof, { ...fresh, ...(scope !== undefined && { scope }) });
      return undefined;
    } catch (error) {
      if (isGrantGone(error)) return rest;
      if (!isClientGone(error) || auth.clientId !== undefined) throw flowFault(error, 'malformed-answer');
      // The authorization server has forgotten the registration, and may make a new one.
      const { client: _client, pending: _pending, ...unregistered } = rest;
      return unregistered;
    }
  }

  /** Ask in our own name. */
  async #ask(authority: Authority, known: StoredCredentials | undefined, scope: string | undefined): Promise<void> {
    const { auth, clock } = this.#context;
    if (auth.type === 'authorization-code') return;
    try {
      const client =
        auth.clientId === undefined ? { client_id: '' } : await this.#client(authority, auth, known, scope);
      const proof = await this.#proof(known);
      const issued = await machineTokens(auth, scope, this.#grant(authority, client, proof));
      const tokens = storedTokens(issued, scope, clock.now());
      await this.#keep(known ?? { issuer: authority.issuer }, client, proof, tokens);
    } catch (error) {
      throw flowFault(error, auth.type === 'private-key-jwt' ? 'client-refused' : 'malformed-answer');
    }
  }

  /** Prepare what a person has to open, and keep it. */
  async #begin(
    auth: AuthorizationCodeConfig,
    authority: Authority,
    known: StoredCredentials,
    scope: string | undefined,
    resourceMetadataUrl: string | undefined,
  ): Promise<void> {
    const { serverUrl } = this.#context;
    assertInteractive(authority, serverUrl);
    const client = await this.#client(authority, auth, known, scope);
    const state = randomBytes(32).toString('base64url');
    const { metadata, resource, url } = authority;
    try {
      const { authorizationUrl, codeVerifier } = await startAuthorization(url, {
        clientInformation: client,
        redirectUrl: auth.redirectUrl,
        state,
        ...(metadata && { metadata }),
        ...(scope && { scope }),
        ...(resource && { resource }),
      });
      const asked = {
        redirectUrl: auth.redirectUrl,
        ...(auth.clientId === undefined && { client }),
        ...(scope && { scope }),
        ...(resourceMetadataUrl && { resourceMetadataUrl }),
      };
      const pending: PendingAuthorization = { url: authorizationUrl.href, state, codeVerifier, ...asked };
      await this.#context.keep({ ...known, issuer: authority.issuer, pending });
    } catch (error) {
      throw flowFault(error, 'discovery');
    }
  }

  async #keep(
    known: StoredCredentials,
    client: ClientInformation,
    proof: ProofSession | undefined,
    tokens: StoredTokens,
  ): Promise<void> {
    const { auth, keep } = this.#context;
    // What is configured is not written down.
    const registered = auth.clientId === undefined && client.client_id !== '' ? { client } : undefined;
    const { pending: _, ...rest } = known;
    await keep({ ...rest, ...registered, ...(proof && { proofKey: proof.proofKey }), tokens });
  }

  #client(
    authority: Authority,
    auth: AuthConfig,
    stored: StoredCredentials | undefined,
    scope: string | undefined,
  ): Promise<ClientInformation> {
    const { clientName, clock, fetch } = this.#context;
    return clientAt(authority, { auth, clientName, stored, scope, nowMs: clock.now(), fetch });
  }

  async #proof(known: StoredCredentials | undefined): Promise<ProofSession | undefined> {
    return this.#context.auth.dpop === true ? await proofSession(known?.proofKey) : undefined;
  }

  #grant(authority: Authority, client: ClientInformation, proof: ProofSession | undefined): GrantContext {
    const { auth, fetch, signal } = this.#context;
    return { auth, authority, client, session: proof?.session, fetch, signal };
  }

  /**
   * What to ask for: what the server wants, what is configured, what the server says may be asked for; in this order.
   * A refresh token is asked for where it can be (MCP 2026-07-28, "Refresh Tokens").
   */
  #scope(authority: Authority, wanted: string | undefined, held: StoredTokens | undefined): string | undefined {
    const { auth } = this.#context;
    // What was added by a step up is not forgotten by the next refusal.
    const scope = scopeUnion(wanted ?? scopeUnion(auth.scopes?.join(' ')) ?? authority.scope, held?.requestedScope);
    const isOffered = authority.metadata?.scopes_supported?.includes('offline_access') === true;
    const wantsRefresh = auth.type === 'authorization-code' && scope !== undefined && isOffered;
    return wantsRefresh ? scopeUnion(scope, 'offline_access') : scope;
  }
}
