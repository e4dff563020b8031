/** A real authorization server (`oidc-provider`) on 127.0.0.1, as small as it gets. */

import './url-parse.ts';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** It runs, and does to its tokens what a test of a client wants. */
export interface AuthorizationServer extends AsyncDisposable {
  readonly issuer: string;
  /** How often a token was refreshed. */
  readonly refreshes: number;
  /** Whether a token is good for a resource. */
  isGood(token: string, resource: string): Promise<boolean>;
  /** Let every access token expire now. */
  expire(): void;
  /** Take back everything that was granted. */
  revoke(): Promise<void>;
}

/** Start it, with one client that authorizes itself. */
export async function startAuthorizationServer(clientId: string, clientSecret: string): Promise<AuthorizationServer> {
  const { Provider } = await import('oidc-provider');
  const server = createServer((request, response) => void callback(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const machine = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
  const provider = new Provider(issuer, {
    clients: [{ ...machine, client_id: clientId, client_secret: clientSecret }],
    clientAuthMethods: ['none', 'client_secret_basic'],
    scopes: ['openid', 'offline_access', 'tools'],
    cookies: { keys: ['a key of the example'] },
    issueRefreshToken: async () => true,
    rotateRefreshToken: true,
    findAccount: (_, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    ttl: {
      AccessToken: 3_600,
      ClientCredentials: 3_600,
      Grant: 3_600,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 600,
    },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, audience) => ({ scope: 'tools', audience, accessTokenFormat: 'opaque' }),
        useGrantedResource: () => true,
      },
    },
  });
  const callback = provider.callback();
  const issued = new Set<string>();
  const expired = new Set<string>();
  const grants = new Set<string>();
  let refreshes = 0;
  provider.on('access_token.saved', ({ jti, grantId }) => {
    issued.add(jti);
    if (grantId !== undefined) grants.add(grantId);
  });
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.['grant_type'] === 'refresh_token') refreshes += 1;
  });
  return {
    issuer,
    get refreshes() {
      return refreshes;
    },
    isGood: async (token, resource) => {
      const found = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
      return found !== undefined && !expired.has(token) && String(found.aud) === resource;
    },
    expire: () => {
      for (const token of issued) expired.add(token);
    },
    revoke: async () => {
      for (const grant of grants) {
        await provider.AccessToken.revokeByGrantId(grant);
        await provider.RefreshToken.revokeByGrantId(grant);
      }
    },
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
