/** As whom this client asks, and how its tokens are bound to it. */

import type { ClientMetadata } from 'oidc-provider';
import { describe, expect, it } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import { type AuthConfig, MemoryCredentialStore } from '../../src/index.ts';
import { freePort } from '../../src/testing/ports.ts';
import { DOCUMENT_URL } from '../fixtures/authorization/authorization-server.ts';
import { INTERACTIVE, REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { startHttpServer } from '../fixtures/http/http-server.ts';
import { accept } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const DOCUMENT = {
  client_name: 'test',
  redirect_uris: [REDIRECT_URL],
  token_endpoint_auth_method: 'none',
  application_type: 'native',
  grant_types: ['authorization_code', 'refresh_token'],
};

describe('a client', () => {
  it('that describes itself by a document is known by its URL, where the authorization server reads such', async () => {
    await using stand = await startStand({ authorization: { document: DOCUMENT } });

    await stand.parked({ ...INTERACTIVE, clientMetadataUrl: DOCUMENT_URL });
    await stand.authorize();

    expect(new URL(stand.urls()[0] ?? '').searchParams.get('client_id')).toBe(DOCUMENT_URL);
    expect(stand.authorization.seen).not.toContain('POST /reg');
  });

  it('that describes itself by a document is registered, where the authorization server reads none', async () => {
    await using stand = await startStand();

    await stand.parked({ ...INTERACTIVE, clientMetadataUrl: DOCUMENT_URL });

    expect(stand.authorization.seen).toContain('POST /reg');
  });

  it('that is registered says that it is a program of this host, and that it wants refresh tokens', async () => {
    const registered: Record<string, unknown>[] = [];
    const configuration = {
      extraClientMetadata: {
        properties: ['about'],
        validator: (_context: unknown, _key: string, _value: unknown, metadata: ClientMetadata) =>
          void registered.push({ ...metadata }),
      },
    };
    await using stand = await startStand({ authorization: { configuration } });

    await stand.parked();

    expect(registered.at(-1)).toMatchObject({
      application_type: 'native',
      redirect_uris: [REDIRECT_URL],
      grant_types: ['authorization_code', 'refresh_token'],
    });
  });

  it('that was registered beforehand presents its id and secret, and registers nowhere', async () => {
    const clients = [
      {
        client_id: 'known',
        client_secret: 'known-by-its-secret',
        redirect_uris: [REDIRECT_URL],
        application_type: 'native' as const,
        grant_types: ['authorization_code', 'refresh_token'],
      },
    ];
    await using stand = await startStand({ authorization: { clients } });

    await stand.parked({ ...INTERACTIVE, clientId: 'known', clientSecret: 'known-by-its-secret' });
    await stand.authorize();
    stand.authorization.forgetAccessTokens();
    await stand.mcp.callTool('wiki', 'tool');

    expect(stand.authorization.seen).not.toContain('POST /reg');
    expect(stand.grants()).toEqual(['authorization_code', 'refresh_token']);
  });
});

describe('a token that is bound to a key (DPoP)', () => {
  const BOUND: AuthConfig = { ...INTERACTIVE, dpop: true };

  it.each([
    ['without a nonce', {}],
    ['with the nonce that the server wants', { nonce: 'a-nonce' }],
  ])('is presented with a proof %s, for the first request and after a refresh', async (_, nonce) => {
    await using stand = await startStand({ server: { dpop: true, ...nonce } });

    await stand.parked(BOUND);
    await stand.authorize();
    stand.authorization.forgetAccessTokens();
    await stand.mcp.callTool('wiki', 'tool');

    expect(stand.grants()).toEqual(['authorization_code', 'refresh_token']);
    const proofs = stand.server.received.flatMap(({ headers }) => headers['dpop'] ?? []);
    expect(new Set(proofs).size).toBe(proofs.length);
  });

  it('is of use to the next host that has the store, and needs no person there', async () => {
    const credentialStore = new MemoryCredentialStore();
    await using stand = await startStand({ server: { dpop: true }, mcp: { credentialStore } });
    await stand.parked(BOUND);
    await stand.authorize();
    await stand.mcp.close();

    await using next = await startStand({ mcp: { credentialStore } });
    const info = await next.mcp.addServer({
      name: 'wiki',
      transport: 'streamable_http',
      url: stand.server.url,
      auth: BOUND,
    });

    expect(info.state).toBe('ready');
    expect(next.urls()).toEqual([]);
  });

  it('is shared by no other account at the same URL', async () => {
    const credentialStore = new MemoryCredentialStore();
    await using stand = await startStand({ mcp: { credentialStore } });
    await stand.parked();
    await stand.authorize();

    const other = { ...INTERACTIVE, account: 'somebody else' };
    const added = stand.mcp.addServer({
      name: 'other',
      transport: 'streamable_http',
      url: stand.server.url,
      auth: other,
    });

    await expect(added).rejects.toMatchObject({ code: 'AUTH_REQUIRED' });
  });
});

describe('an authorization on this host', () => {
  it('opens a URL by what it is given, and waits for the browser where it is sent', async () => {
    await using stand = await startStand();
    const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
    await stand.parked({ ...INTERACTIVE, redirectUrl });
    const opened: string[] = [];

    const info = await stand.mcp.authorize('wiki', {
      open: async (url) => {
        opened.push(url);
        const callbackUrl = await visit(url, redirectUrl);
        const forged = new URL(callbackUrl);
        forged.searchParams.set('state', 'made up');
        expect((await fetch(forged)).status).toBe(404);
        expect((await fetch(callbackUrl, { method: 'POST' })).status).toBe(404);
        expect(await (await fetch(callbackUrl)).text()).toContain('close this window');
      },
    });

    expect(info.state).toBe('ready');
    expect(opened).toEqual(stand.urls());
  });

  it('ends with its supervisor, and leaves no socket behind', async () => {
    await using stand = await startStand();
    const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
    await stand.parked({ ...INTERACTIVE, redirectUrl });
    let waiting: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      const open = () => {
        resolve();
        return new Promise<void>(() => {});
      };
      waiting = stand.mcp.authorize('wiki', { open }).catch((error: unknown) => error);
    });

    await stand.mcp.close();

    expect(await waiting).toMatchObject({ code: 'AUTHORIZATION_FAILED', fault: { kind: 'closed' } });
    await expect(fetch(redirectUrl)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('tells at once that nothing could be opened, and that the port is taken', async () => {
    await using other = await startHttpServer(accept);
    await using stand = await startStand();
    await stand.parked({ ...INTERACTIVE, redirectUrl: `${other.origin}/callback` });

    const taken = stand.mcp.authorize('wiki', { open: () => {} });
    await expect(taken).rejects.toMatchObject({ fault: { kind: 'auth-failed', reason: 'answer-invalid' } });
    await other.stop();
    const broken = stand.mcp.authorize('wiki', { open: () => Promise.reject(new Error('no browser')) });
    await expect(broken).rejects.toThrow('no browser');
  });

  it('ends at its deadline, and by its signal, and can be begun again', async () => {
    await using stand = await startStand();
    const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
    await stand.parked({ ...INTERACTIVE, redirectUrl });

    const late = stand.mcp.authorize('wiki', { open: () => {}, deadlineMs: 20 });
    await expect(late).rejects.toMatchObject({ code: 'AUTHORIZATION_FAILED' });
    const own = new AbortController();
    const aborted = stand.mcp.authorize('wiki', { open: () => own.abort(new Error('enough')), signal: own.signal });
    await expect(aborted).rejects.toThrow('enough');

    const open = async (url: string) => void (await fetch(await visit(url, redirectUrl)));
    await expect(stand.mcp.authorize('wiki', { open })).resolves.toMatchObject({ state: 'ready' });
  });
});
