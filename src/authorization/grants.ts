/** Asks an authorization server for a token, by each of the grants. Rejects with what the SDK throws. */

import {
  createPrivateKeyJwtAuth,
  type DpopSession,
  exchangeAuthorization,
  fetchToken,
  type OAuthTokens,
  refreshAuthorization,
} from '@modelcontextprotocol/client';
import type { AuthConfig, MachineAuthConfig } from '../config/auth-config.ts';
import { FaultError } from '../fault.ts';
import type { ClientInformation } from './client-registration.ts';
import type { Authority } from './discovery.ts';
import { authFailed } from './flow-fault.ts';
import type { FlowFetch } from './flow-fetch.ts';
import type { PendingAuthorization, StoredTokens } from './store/credential-store.ts';

/** Who asks whom. */
export interface GrantContext {
  readonly auth: AuthConfig;
  readonly authority: Authority;
  readonly client: ClientInformation;
  readonly session: DpopSession | undefined;
  readonly fetch: FlowFetch;
  readonly signal: AbortSignal;
}

/** Ask by a refresh token. */
export function refreshedTokens(refreshToken: string, context: GrantContext): Promise<OAuthTokens> {
  return refreshAuthorization(context.authority.url, { ...common(context), refreshToken });
}

/** Ask by the code that a person's browser brought. */
export function exchangedTokens(
  code: string,
  iss: string | undefined,
  { codeVerifier, redirectUrl }: PendingAuthorization,
  context: GrantContext,
): Promise<OAuthTokens> {
  const answer = { authorizationCode: code, codeVerifier, redirectUri: redirectUrl, ...(iss !== undefined && { iss }) };
  return exchangeAuthorization(context.authority.url, { ...common(context), ...answer });
}

/** Ask in this client's own name. */
export function machineTokens(
  auth: MachineAuthConfig,
  scope: string | undefined,
  context: GrantContext,
): Promise<OAuthTokens> {
  const { authority, client, session } = context;
  const { metadata, resource, fetchFn, addClientAuthentication } = common(context);
  const provider = {
    redirectUrl: undefined,
    clientMetadata: { redirect_uris: [], ...(scope && { scope }) },
    clientInformation: () => ({ ...client, issuer: authority.issuer }),
    prepareTokenRequest: () => tokenRequest(auth, scope, context),
    ...(addClientAuthentication && { addClientAuthentication }),
    ...(session && { dpop: () => session }),
    tokens: () => undefined,
    saveTokens: () => {},
    redirectToAuthorization: () => {},
    saveCodeVerifier: () => {},
    codeVerifier: () => '',
  };
  return fetchToken(provider, authority.url, {
    ...(metadata && { metadata }),
    ...(resource && { resource }),
    ...(scope && { scope }),
    fetchFn,
  });
}

/** What is kept of an answer. A scope that is left out is the one that was asked for (RFC 6749, section 5.1). */
export function storedTokens(
  { access_token, token_type, refresh_token, scope, expires_in }: OAuthTokens,
  requestedScope: string | undefined,
  nowMs: number,
): StoredTokens {
  const granted = scope ?? requestedScope;
  return {
    accessToken: access_token,
    scheme: token_type.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer',
    ...(refresh_token && { refreshToken: refresh_token }),
    ...(granted && { scope: granted }),
    ...(requestedScope && { requestedScope }),
    ...(expires_in !== undefined && { expiresAtMs: nowMs + expires_in * 1_000 }),
  };
}

async function tokenRequest(
  auth: MachineAuthConfig,
  scope: string | undefined,
  { authority: { issuer, resource }, signal }: GrantContext,
): Promise<URLSearchParams> {
  if (auth.type !== 'custom-grant') {
    return new URLSearchParams({ grant_type: 'client_credentials', ...(scope && { scope }) });
  }
  try {
    return new URLSearchParams({
      ...(scope && { scope }),
      ...(await auth.tokenRequest({ issuer, resource, scope, signal })),
    });
  } catch (error) {
    // Whatever the user's function throws, it may hold a secret.
    throw error instanceof FaultError ? error : authFailed('hook');
  }
}

function common({ auth, authority: { metadata, resource }, client, session, fetch }: GrantContext) {
  const addClientAuthentication =
    auth.type === 'private-key-jwt'
      ? createPrivateKeyJwtAuth({
          issuer: auth.clientId,
          subject: auth.clientId,
          privateKey: auth.privateKey,
          alg: auth.algorithm,
        })
      : undefined;
  return {
    clientInformation: client,
    fetchFn: fetch.fetch,
    ...(metadata && { metadata }),
    ...(resource && { resource }),
    ...(addClientAuthentication && { addClientAuthentication }),
    ...(session && { dpop: session }),
  };
}
