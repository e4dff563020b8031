/** Finds out who authorizes for an MCP server, and refuses one that must not be used. */

import { discoverOAuthServerInfo, selectResourceURL } from '@modelcontextprotocol/client';
import type { AuthConfig } from '../config/auth-config.ts';
import { isLoopback } from '../config/loopback.ts';
import { authFailed, flowFault } from './flow-fault.ts';
import type { FlowFetch } from './flow-fetch.ts';
import { scopeUnion } from './scope-set.ts';

type ServerInfo = Awaited<ReturnType<typeof discoverOAuthServerInfo>>;

/** The authorization server of an MCP server. */
export interface Authority {
  /** What everything it issues is bound to. */
  readonly issuer: string;
  /** Where it is. */
  readonly url: string;
  /** What it says of itself; nothing with servers of revision 2025-03-26, which have default endpoints. */
  readonly metadata: ServerInfo['authorizationServerMetadata'];
  /** What tokens are asked for (RFC 8707), as the MCP server writes it. */
  readonly resource: string | undefined;
  /** What the MCP server says may be asked for. */
  readonly scope: string | undefined;
}

/**
 * Ask the MCP server who authorizes for it, and that server how. Rejects with `FaultError`.
 *
 * **Source** MCP 2025-11-25 and 2026-07-28, "Authorization"; RFC 9728; RFC 8414, section 3.3.
 */
export async function discover(
  serverUrl: URL,
  resourceMetadataUrl: string | undefined,
  { fetch }: FlowFetch,
): Promise<Authority> {
  const at = resourceMetadataUrl === undefined ? undefined : { resourceMetadataUrl: new URL(resourceMetadataUrl) };
  let info: ServerInfo;
  try {
    info = await discoverOAuthServerInfo(serverUrl, { ...at, fetchFn: fetch });
  } catch (error) {
    throw flowFault(error, 'discovery');
  }
  const { resourceMetadata, authorizationServerMetadata: metadata, authorizationServerUrl: url } = info;
  // Only a server that knows nothing of RFC 9728 may leave us with default endpoints.
  if (resourceMetadata !== undefined && metadata === undefined) throw authFailed('discovery');
  try {
    await selectResourceURL(serverUrl, NO_HOOKS, resourceMetadata);
  } catch {
    throw authFailed('resource-mismatch');
  }
  const scope = scopeUnion(resourceMetadata?.scopes_supported?.join(' '));
  return { issuer: metadata?.issuer ?? url, url, metadata, resource: resourceMetadata?.resource, scope };
}

/** Refuse an authorization server other than the one that is configured. */
export function assertExpected({ issuer }: Authority, { issuer: expected }: AuthConfig): void {
  if (expected !== undefined && !isSameIssuer(issuer, expected)) throw authFailed('issuer-mismatch');
}

/** Refuse to send a person anywhere that does not support PKCE, or is not protected. */
export function assertInteractive({ metadata }: Authority, serverUrl: URL): void {
  if (metadata === undefined) return;
  // Absent means that it is not supported, and then a code that is intercepted could be used.
  if (!metadata.code_challenge_methods_supported?.includes('S256')) throw authFailed('pkce-unsupported');
  const endpoint = new URL(metadata.authorization_endpoint);
  const isLocal = endpoint.protocol === 'http:' && (isLoopback(endpoint) || endpoint.origin === serverUrl.origin);
  if (endpoint.protocol !== 'https:' && !isLocal) throw authFailed('insecure-endpoint');
}

/** Whether two issuers are one: the same but for one slash at the end, which URLs get when they are parsed. */
export function isSameIssuer(one: string, other: string): boolean {
  return one.replace(/\/$/, '') === other.replace(/\/$/, '');
}

/** The SDK asks its provider only whether that has a check of its own. */
const NO_HOOKS = {} as Parameters<typeof selectResourceURL>[1];
