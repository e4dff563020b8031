/** A client that authorizes itself: no person is asked, and nothing is asked for more often than it helps. */

import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../src/index.ts';
import { type Stand, startStand } from '../fixtures/authorization/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const MACHINE = { grant_types: ['client_credentials'], redirect_uris: [], response_types: [] };
const CLIENTS = [
  { ...MACHINE, client_id: 'secretive', client_secret: 'the-secret-of-the-client' },
  {
    ...MACHINE,
    client_id: 'signing',
    token_endpoint_auth_method: 'private_key_jwt' as const,
    token_endpoint_auth_signing_alg: 'ES256' as const,
    jwks: { keys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig' }] },
  },
];
const SECRET = {
  type: 'client-credentials',
  clientId: 'secretive',
  clientSecret: 'the-secret-of-the-client',
} as const satisfies AuthConfig;
const SIGNED = {
  type: 'private-key-jwt',
  clientId: 'signing',
  privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  algorithm: 'ES256',
} as const satisfies AuthConfig;
const CUSTOM: AuthConfig = {
  type: 'custom-grant',
  clientId: 'secretive',
  clientSecret: 'the-secret-of-the-client',
  tokenRequest: ({ scope }) => ({ grant_type: 'client_credentials', scope: scope ?? '' }),
};

function stand(options: Parameters<typeof startStand>[0] = {}): Promise<Stand> {
  return startStand({ ...options, authorization: { ...options.authorization, clients: CLIENTS } });
}

const config = ({ server }: Stand, auth: AuthConfig) =>
  ({ name: 'wiki', transport: 'streamable_http', url: server.url, auth }) as const;

describe.each([
  ['its secret', SECRET],
  ['what it signs', SIGNED],
  ['a grant of its own', CUSTOM],
])('a client that authorizes itself by %s', (_, auth) => {
  it('is ready without a person, and gets a new token when the old one is refused', async () => {
    await using it = await stand();

    const info = await it.mcp.addServer(config(it, auth));
    it.authorization.forgetAccessTokens();
    await it.mcp.callTool('wiki', 'tool');

    expect(info.state).toBe('ready');
    expect(it.grants()).toEqual(['client_credentials', 'client_credentials']);
    expect(it.authorization.tokenRequests[0]?.get('resource')).toBe(it.server.url);
    expect(it.urls()).toEqual([]);
    expect(it.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 1 });
  });

  it('gets a token for more when a call needs it', async () => {
    await using it = await stand({ server: { scopes: { 'tools/call': 'mcp:write' } } });
    await it.mcp.addServer(config(it, auth));

    await it.mcp.callTool('wiki', 'tool');

    expect(it.authorization.tokenRequests.at(-1)?.get('scope')).toBe('mcp:read mcp:write');
    expect(it.grants()).toHaveLength(2);
  });
});

describe('a client that authorizes itself', () => {
  it('sends what a function gives beside its token, and the token wins', async () => {
    await using it = await stand();
    const headers = () => ({ 'x-tenant': 'a', authorization: 'Bearer of the function' });

    const info = await it.mcp.addServer({ ...config(it, SECRET), headers });

    expect(info.state).toBe('ready');
    expect(it.server.received.at(-1)?.headers['x-tenant']).toBe('a');
    // The first request is made before there is a token.
    expect(it.server.presented.slice(1)).not.toContain('of');
  });

  it('with a wrong secret is not connected, and does not try again', async () => {
    await using it = await stand();

    const failed = it.mcp.addServer(config(it, { ...SECRET, clientSecret: 'a wrong secret' }));

    await expect(failed).rejects.toMatchObject({
      code: 'CONNECT_FAILED',
      fault: { kind: 'auth-failed', reason: 'client-refused' },
    });
    expect(it.authorization.seen.filter((request) => request === 'POST /token')).toHaveLength(1);
  });

  it('with a key that is none is not connected', async () => {
    await using it = await stand();

    const failed = it.mcp.addServer(config(it, { ...SIGNED, privateKey: 'no key' }));

    await expect(failed).rejects.toMatchObject({ fault: { kind: 'auth-failed', reason: 'client-refused' } });
  });

  it('by a function that throws is tried again', async () => {
    await using it = await stand();
    let isDown = true;
    const tokenRequest = () => {
      if (isDown) throw new Error('not yet');
      return { grant_type: 'client_credentials' };
    };
    const tried = new Promise<unknown>((resolve) => {
      it.mcp.on('state', ({ to, cause }) => to === 'reconnecting' && resolve(cause));
    });

    const auth = { ...CUSTOM, tokenRequest } as AuthConfig;
    const added = it.mcp.addServer({ ...config(it, auth), backoff: { baseMs: 1, maxMs: 10 } });

    expect(await tried).toEqual({ kind: 'auth-failed', reason: 'hook' });
    isDown = false;
    await expect(added).resolves.toMatchObject({ state: 'ready' });
  });

  it('asks twice for one call that is refused whatever it presents, and no more', async () => {
    await using it = await stand();
    await it.mcp.addServer(config(it, SECRET));
    const serve = it.server.handler;
    it.server.handler = (received, response) =>
      received.path.startsWith('/.well-known/') ? serve(received, response) : void response.writeHead(401).end();

    const failed: unknown = await it.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ outcome: 'refused', fault: { kind: 'unauthorized', status: 401 } });
    expect(it.grants()).toHaveLength(3);
  });

  it('sends its secret to the first authorization server alone, if none is configured', async () => {
    await using other = await stand();
    await using it = await stand();
    await it.mcp.addServer(config(it, SECRET));
    const serve = it.server.handler;
    it.server.handler = (received, response) => {
      if (!received.path.startsWith('/.well-known/')) return serve(received, response);
      const document = { resource: it.server.url, authorization_servers: [other.authorization.issuer] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    };
    it.authorization.forgetAccessTokens();

    const failed: unknown = await it.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ fault: { kind: 'auth-failed', reason: 'issuer-mismatch' } });
    expect(other.authorization.seen).not.toContain('POST /token');
  });
});
