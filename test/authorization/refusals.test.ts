/** What must not be done, is not: with a wrong authorization server, a wrong answer, or at a wrong place. */

import { describe, expect, it } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import { type Clock, systemClock } from '../../src/clock.ts';
import { type AuthConfig, DEFAULTS } from '../../src/index.ts';
import { INTERACTIVE, REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { startHttpServer } from '../fixtures/http/http-server.ts';
import { accept } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

type Options = Parameters<typeof startStand>[0];

/** How adding the server fails. */
async function failure(options: Options, auth: AuthConfig = INTERACTIVE) {
  await using stand = await startStand(options);
  const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth } as const;
  const error: unknown = await stand.mcp.addServer(config).catch((reason: unknown) => reason);
  return { error, urls: stand.urls(), seen: stand.authorization.seen };
}

describe('an authorization server', () => {
  it('that calls itself otherwise is refused, before anything is sent there', async () => {
    const metadata = (document: Record<string, unknown>) => ({ ...document, issuer: 'http://127.0.0.1:1' });

    const { error, seen } = await failure({ authorization: { metadata } });

    expect(error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'auth-failed', reason: 'issuer-mismatch' } });
    expect(seen.filter((request) => !request.includes('/.well-known/'))).toEqual([]);
  });

  it('other than the configured one is refused', async () => {
    const { error } = await failure({}, { ...INTERACTIVE, issuer: 'https://other.example' });

    expect(error).toMatchObject({ fault: { kind: 'auth-failed', reason: 'issuer-mismatch' } });
  });

  it.each([
    ['says nothing of PKCE', undefined],
    ['knows PKCE without S256', ['plain']],
  ])('that %s is refused, and nobody is sent there', async (_, methods) => {
    const metadata = (document: Record<string, unknown>) => ({
      ...document,
      code_challenge_methods_supported: methods,
    });

    const { error, urls } = await failure({ authorization: { metadata } });

    expect(error).toMatchObject({ fault: { kind: 'auth-failed', reason: 'pkce-unsupported' } });
    expect(urls).toEqual([]);
  });

  it.each(['javascript:alert(1)', 'file:///etc/hosts', 'data:text/html,x', 'http://elsewhere.example/auth'])(
    'that wants a person to open %s is refused, and nobody is told to',
    async (authorization_endpoint) => {
      const metadata = (document: Record<string, unknown>) => ({ ...document, authorization_endpoint });

      const { error, urls } = await failure({ authorization: { metadata } });

      expect(error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'auth-failed' } });
      expect(urls).toEqual([]);
    },
  );

  it('that registers nobody is refused', async () => {
    const metadata = (document: Record<string, unknown>) => ({ ...document, registration_endpoint: undefined });

    const { error } = await failure({ authorization: { metadata } });

    expect(error).toMatchObject({ fault: { kind: 'auth-failed', reason: 'registration-refused' } });
  });

  it('is not asked for a token for another resource than the server itself', async () => {
    const { error, seen } = await failure({ server: { metadata: { resource: 'https://bank.example/mcp' } } });

    expect(error).toMatchObject({ fault: { kind: 'auth-failed', reason: 'resource-mismatch' } });
    expect(seen).not.toContain('POST /reg');
  });

  it('on another host is not asked without TLS', async () => {
    const { error } = await failure({ server: { metadata: { authorization_servers: ['http://192.0.2.1'] } } });

    expect(error).toMatchObject({ fault: { kind: 'auth-failed', reason: 'insecure-endpoint' } });
  });

  it('that is down is tried again', async () => {
    await using stand = await startStand();
    stand.authorization.outage = 503;
    const url = stand.server.url;
    const tried = new Promise<unknown>((resolve) => {
      stand.mcp.on('state', ({ to, cause, parked }) => to === 'reconnecting' && !parked && resolve(cause));
    });

    const config = { name: 'wiki', transport: 'streamable_http', url, auth: INTERACTIVE } as const;
    await stand.mcp.addServer({ ...config, backoff: { baseMs: 1, maxMs: 10 } }, { waitUntil: 'added' });

    expect(await tried).toMatchObject({ kind: 'http-status', status: 503 });
    stand.authorization.outage = undefined;
    await new Promise<void>((resolve) => void stand.mcp.on('authorization.required', () => resolve()));
  });
});

describe('an authorization server that does not answer', () => {
  it('is given up after the time for a token, and its socket is closed', async () => {
    const { authorizationTimeoutMs } = DEFAULTS;
    const setTimeout: Clock['setTimeout'] = (run, ms) =>
      systemClock.setTimeout(run, ms === authorizationTimeoutMs ? 50 : ms);
    await using stand = await startStand({ mcp: { clock: { ...systemClock, setTimeout } } });
    stand.authorization.delayMs = 1_000;
    const tried = new Promise<unknown>((resolve) => {
      stand.mcp.on('state', ({ to, cause }) => to === 'reconnecting' && resolve(cause));
    });

    const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth: INTERACTIVE } as const;
    await stand.mcp.addServer({ ...config, connectTimeoutMs: 20_000 }, { waitUntil: 'added' });

    expect(await tried).toEqual({ kind: 'unreachable', errno: 'AUTHORIZATION_TIMEOUT' });
  });
});

describe('an answer that a browser brings back', () => {
  it('with the state of something else is refused, and the right one is taken afterwards', async () => {
    await using stand = await startStand();
    await stand.parked();
    const callbackUrl = await visit(stand.urls()[0] ?? '', REDIRECT_URL);
    const forged = new URL(callbackUrl);
    forged.searchParams.set('state', 'made up');

    const refused = stand.mcp.authorize('wiki', { callbackUrl: forged.href });

    await expect(refused).rejects.toMatchObject({
      code: 'AUTHORIZATION_FAILED',
      fault: { kind: 'auth-failed', reason: 'answer-invalid' },
    });
    expect(stand.grants()).toEqual([]);
    await stand.mcp.authorize('wiki', { callbackUrl });
    expect(stand.mcp.getServerInfo('wiki')?.state).toBe('ready');
  });

  it('from another authorization server is refused, and its code is sent nowhere', async () => {
    await using stand = await startStand();
    await stand.parked();
    const mixedUp = new URL(await visit(stand.urls()[0] ?? '', REDIRECT_URL));
    mixedUp.searchParams.set('iss', 'https://attacker.example');

    const refused = stand.mcp.authorize('wiki', { callbackUrl: mixedUp.href });

    await expect(refused).rejects.toMatchObject({ fault: { kind: 'auth-failed', reason: 'issuer-mismatch' } });
    expect(stand.grants()).toEqual([]);
  });

  it('that says no in the name of another authorization server uses nothing up', async () => {
    await using stand = await startStand();
    await stand.parked();
    const callbackUrl = await visit(stand.urls()[0] ?? '', REDIRECT_URL);
    const forged = new URL(callbackUrl);
    forged.searchParams.set('iss', 'https://attacker.example');
    forged.searchParams.set('error', 'access_denied');
    forged.searchParams.delete('code');

    const refused = stand.mcp.authorize('wiki', { callbackUrl: forged.href });

    await expect(refused).rejects.toMatchObject({ fault: { kind: 'auth-failed', reason: 'issuer-mismatch' } });
    await expect(stand.mcp.authorize('wiki', { callbackUrl })).resolves.toMatchObject({ state: 'ready' });
  });

  it('that says no is told, and the next attempt asks anew', async () => {
    await using stand = await startStand();
    await stand.parked();
    const callbackUrl = await visit(stand.urls()[0] ?? '', REDIRECT_URL, { consent: false });

    const refused = stand.mcp.authorize('wiki', { callbackUrl });

    await expect(refused).rejects.toMatchObject({ fault: { kind: 'auth-failed', reason: 'grant-refused' } });
    const asked = new Promise<void>((resolve) => void stand.mcp.on('authorization.required', () => resolve()));
    stand.mcp.retryServer('wiki');
    await asked;
    expect(new Set(stand.urls()).size).toBe(2);
  });

  it('is taken as a code too, once', async () => {
    await using stand = await startStand();
    await stand.parked();
    const url = new URL(await visit(stand.urls()[0] ?? '', REDIRECT_URL));
    const { code = '', iss = '' } = Object.fromEntries(url.searchParams);

    await stand.mcp.authorize('wiki', { code, iss });

    await expect(stand.mcp.authorize('wiki', { code, iss })).rejects.toMatchObject({ code: 'AUTHORIZATION_FAILED' });
  });
});

describe('a token', () => {
  it('is sent to no other origin, whatever the server redirects to', async () => {
    await using foreign = await startHttpServer(accept);
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    stand.server.handler = (_, response) => void response.writeHead(307, { location: `${foreign.origin}/mcp` }).end();

    const failed: unknown = await stand.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ fault: { kind: 'foreign-redirect' } });
    expect(foreign.seen).toEqual([]);
  });

  it('is sent to no foreign endpoint of HTTP+SSE', async () => {
    await using foreign = await startHttpServer(accept);
    await using stand = await startStand({ server: { transport: 'sse' } });
    await stand.parked();
    const serve = stand.server.handler;
    stand.server.handler = async (received, response) => {
      if (received.headers.authorization === undefined) return serve(received, response);
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: endpoint\ndata: ${foreign.origin}/message\n\n`);
    };
    const url = await visit(stand.urls()[0] ?? '', REDIRECT_URL);

    const failed: unknown = await stand.mcp.authorize('wiki', { callbackUrl: url }).catch((e: unknown) => e);

    expect(failed).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'foreign-redirect' } });
    expect(foreign.seen).toEqual([]);
  });

  it('is not sent to the authorization server that the MCP server changes to', async () => {
    await using other = await startStand();
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    const [token = ''] = stand.server.presented.filter(Boolean);
    const serve = stand.server.handler;
    stand.server.handler = (received, response) => {
      if (!received.path.startsWith('/.well-known/')) return serve(received, response);
      const document = { resource: stand.server.url, authorization_servers: [other.authorization.issuer] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
    };
    stand.authorization.forgetAccessTokens();

    const failed: unknown = await stand.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ fault: { kind: 'auth-required', reason: 'token-refused' } });
    expect(other.grants()).toEqual([]);
    expect(stand.urls().at(-1)).toContain(other.authorization.issuer);
    expect(stand.urls().at(-1)).not.toContain(token);
  });
});
