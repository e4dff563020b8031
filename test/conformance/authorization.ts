/** How the client of the referee is authorized: what a scenario hands out, as a configuration, and a person who consents. */

import type { AuthConfig, McpSupervisor } from 'mcp-supervisor';

/** What a scenario hands out beside its URL. */
export interface AuthorizationContext {
  readonly client_id?: string;
  readonly client_secret?: string;
  readonly issuer?: string;
  readonly private_key_pem?: string;
  readonly valid_jwt?: string;
  readonly idp_client_id?: string;
  readonly idp_id_token?: string;
  readonly idp_token_endpoint?: string;
}

/** Nobody listens there: the redirect is read, not followed. */
const REDIRECT_URL = 'http://127.0.0.1:3333/callback';
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';
/** Rounds of authorization for one thing that is wanted; a server that wants more is given up. */
const MAX_ROUNDS = 2;

/** The configuration that a scenario is authorized by. */
export function authFor(scenario: string, context: AuthorizationContext): AuthConfig | undefined {
  if (!scenario.startsWith('auth/')) return undefined;
  const { client_id: clientId = '', client_secret: clientSecret = '', private_key_pem: privateKey = '' } = context;
  switch (scenario) {
    case 'auth/client-credentials-basic':
      return { type: 'client-credentials', clientId, clientSecret };
    case 'auth/client-credentials-jwt':
      return { type: 'private-key-jwt', clientId, privateKey, algorithm: 'ES256' };
    case 'auth/wif-jwt-bearer':
      return { type: 'custom-grant', clientId, tokenRequest: ({ scope }) => bearer(context.valid_jwt ?? '', scope) };
    case 'auth/enterprise-managed-authorization':
    // As the older referee calls it.
    case 'auth/cross-app-access-complete-flow':
      return {
        type: 'custom-grant',
        clientId,
        clientSecret,
        tokenRequest: async ({ issuer, resource, scope }) => bearer(await exchange(context, issuer, resource), scope),
      };
    default:
      return {
        type: 'authorization-code',
        redirectUrl: REDIRECT_URL,
        ...(clientId === '' ? { clientMetadataUrl: CLIENT_METADATA_URL } : { clientId, clientSecret }),
        ...(context.issuer === undefined ? undefined : { issuer: context.issuer }),
        ...(scenario.startsWith('auth/dpop') ? { dpop: true } : undefined),
      };
  }
}

/** Do something with a server; where a person has to authorize it first, let that person do so and do it again. */
export async function authorized<T>(mcp: McpSupervisor, server: string, act: () => Promise<T>): Promise<T> {
  for (let round = 0; ; round += 1) {
    try {
      const url = mcp.getServerInfo(server)?.authorizationUrl;
      // What was consented to may not be enough, and then there is another page.
      if (url !== undefined) await mcp.authorize(server, { callbackUrl: await consent(url) });
      return await act();
    } catch (error) {
      const isWanted = mcp.getServerInfo(server)?.authorizationUrl !== undefined;
      if (!isWanted || round === MAX_ROUNDS) throw error;
    }
  }
}

/** Open the page, at which the authorization server of a scenario consents by itself. */
async function consent(url: string): Promise<string> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  const location = headers.get('location');
  if (location === null) throw new Error('nobody was sent back');
  return new URL(location, url).href;
}

function bearer(assertion: string, scope: string | undefined): Record<string, string> {
  const grant = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
  return { grant_type: grant, assertion, ...(scope === undefined ? undefined : { scope }) };
}

/** Have the identity provider exchange who somebody is for a grant at one authorization server. */
async function exchange(context: AuthorizationContext, audience: string, resource = ''): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:id-jag',
    subject_token: context.idp_id_token ?? '',
    subject_token_type: 'urn:ietf:params:oauth:token-type:id_token',
    client_id: context.idp_client_id ?? '',
    audience,
    resource,
  });
  const response = await fetch(context.idp_token_endpoint ?? '', { method: 'POST', body });
  return ((await response.json()) as { access_token: string }).access_token;
}
