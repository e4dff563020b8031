/** Decides as whom this client asks: registered beforehand, by a document, as it is known already, or registered now. */

import { registerClient, resolveClientMetadata } from '@modelcontextprotocol/client';
import type { AuthConfig } from '../config/auth-config.ts';
import type { Authority } from './discovery.ts';
import { authFailed, flowFault } from './flow-fault.ts';
import type { FlowFetch } from './flow-fetch.ts';
import { covers } from './scope-set.ts';
import type { StoredCredentials } from './store/credential-store.ts';

/** Who this client is at an authorization server, as that wrote it (RFC 7591). */
export type ClientInformation = { client_id: string; client_secret?: string } & Record<string, unknown>;

/** What a registration is decided on. */
export interface RegistrationContext {
  readonly auth: AuthConfig;
  readonly clientName: string;
  /** What is stored for this very authorization server. */
  readonly stored: StoredCredentials | undefined;
  readonly scope: string | undefined;
  readonly nowMs: number;
  readonly fetch: FlowFetch;
}

/**
 * Say who this client is at an authorization server, registering it if need be. Rejects with `FaultError`.
 *
 * **Source** MCP 2025-11-25, "Client Registration Approaches": beforehand, then by document, then dynamically.
 */
export async function clientAt(authority: Authority, context: RegistrationContext): Promise<ClientInformation> {
  const { auth, stored } = context;
  if (auth.clientId !== undefined) return preRegistered(auth);
  const documentUrl = auth.type === 'authorization-code' ? auth.clientMetadataUrl : undefined;
  if (documentUrl !== undefined && authority.metadata?.client_id_metadata_document_supported === true) {
    return { client_id: documentUrl };
  }
  const known = [stored?.pending?.client, stored?.client] as readonly (ClientInformation | undefined)[];
  const usable = known.find((client) => client !== undefined && isUsable(client, context));
  if (usable !== undefined) return usable;
  // A grant of the user's own may name the client itself.
  if (auth.type !== 'authorization-code') throw authFailed('client-refused');
  return await register(authority, auth, context);
}

function preRegistered(auth: AuthConfig): ClientInformation {
  const clientSecret = auth.type === 'private-key-jwt' ? undefined : auth.clientSecret;
  return { client_id: auth.clientId ?? '', ...(clientSecret !== undefined && { client_secret: clientSecret }) };
}

/** A registration is for one redirect and some scopes, and a secret of it may expire. */
function isUsable(known: ClientInformation, { auth, scope, nowMs }: RegistrationContext): boolean {
  const redirects = known['redirect_uris'];
  const expiresAt = known['client_secret_expires_at'];
  const isExpired = typeof expiresAt === 'number' && expiresAt > 0 && expiresAt * 1_000 <= nowMs;
  const isForUs =
    auth.type !== 'authorization-code' || !Array.isArray(redirects) || redirects.includes(auth.redirectUrl);
  const mayAsk = typeof known['scope'] !== 'string' || covers(known['scope'], scope);
  return typeof known.client_id === 'string' && isForUs && mayAsk && !isExpired;
}

async function register(
  authority: Authority,
  auth: Extract<AuthConfig, { type: 'authorization-code' }>,
  { clientName, scope, fetch }: RegistrationContext,
): Promise<ClientInformation> {
  const { metadata, url } = authority;
  if (metadata !== undefined && metadata.registration_endpoint === undefined) throw authFailed('registration-refused');
  const method = authMethod(metadata?.token_endpoint_auth_methods_supported);
  const clientMetadata = resolveClientMetadata({
    redirectUrl: auth.redirectUrl,
    clientMetadata: {
      redirect_uris: [auth.redirectUrl],
      client_name: auth.clientName ?? clientName,
      response_types: ['code'],
      ...(method !== undefined && { token_endpoint_auth_method: method }),
    },
  });
  try {
    const options = { clientMetadata, fetchFn: fetch.fetch, ...(metadata && { metadata }), ...(scope && { scope }) };
    return { ...(await registerClient(url, options)) } as ClientInformation;
  } catch (error) {
    throw flowFault(error, 'registration-refused');
  }
}

/** PKCE protects a client that has no secret as well, and what does not exist cannot be lost. */
function authMethod(supported: readonly string[] | undefined): string | undefined {
  return ['none', 'client_secret_basic', 'client_secret_post'].find((method) => supported?.includes(method));
}
