/** What becomes of a token: it expires, is revoked, or is not enough. Calls are told apart from connections. */

import { describe, expect, it } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import { systemClock } from '../../src/clock.ts';
import { CallError } from '../../src/index.ts';
import { REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

describe('an expired token', () => {
  it('is refreshed once for all calls that meet it, and none of them fails', async () => {
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    const before = stand.server.seen.filter((request) => request === 'POST tools/call').length;

    stand.authorization.forgetAccessTokens();
    const calls = Array.from({ length: 10 }, () => stand.mcp.callTool('wiki', 'tool'));

    await expect(Promise.all(calls)).resolves.toHaveLength(10);
    expect(stand.grants()).toEqual(['authorization_code', 'refresh_token']);
    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 2 });
    const tries = stand.server.seen.filter((request) => request === 'POST tools/call').length - before;
    expect(tries).toBe(20);
  });

  it('whose time is known to be over is refreshed before it is presented', async () => {
    let laterMs = 0;
    const clock = { ...systemClock, now: () => Date.now() + laterMs };
    await using stand = await startStand({ mcp: { clock } });
    await stand.parked();
    await stand.authorize();
    await stand.mcp.callTool('wiki', 'tool');
    const used = stand.server.presented.at(-1);
    const count = stand.server.presented.length;

    laterMs = 3_700_000;
    await stand.mcp.callTool('wiki', 'tool');

    expect(stand.grants()).toEqual(['authorization_code', 'refresh_token']);
    expect(stand.server.presented.slice(count)).not.toContain(used);
  });

  it('that cannot be refreshed because the authorization server is down fails the call, and not the connection', async () => {
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();

    stand.authorization.forgetAccessTokens();
    stand.authorization.outage = 503;
    const failed: unknown = await stand.mcp.callTool('wiki', 'tool', {}, { retry: 'never' }).catch((e: unknown) => e);

    expect(failed).toBeInstanceOf(CallError);
    expect(failed).toMatchObject({ outcome: 'refused', fault: { kind: 'http-status', status: 503 } });
    const asked = stand.authorization.seen.length;
    const calls = Array.from({ length: 10 }, () => stand.mcp.callTool('wiki', 'tool', {}, { retry: 'never' }));
    await Promise.allSettled(calls);
    // Those who meet the outage together ask together.
    expect(stand.authorization.seen.length - asked).toBeLessThan(4);
    stand.authorization.outage = undefined;
    await stand.mcp.callTool('wiki', 'tool');
    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 2 });
  });
});

describe('a revoked authorization', () => {
  it('parks the connection until a person authorizes once more', async () => {
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    const parked = new Promise<void>((resolve) => {
      stand.mcp.on('state', ({ parked: isParked }) => isParked && resolve());
    });

    await stand.authorization.revokeAll();
    const failed: unknown = await stand.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);
    await parked;

    expect(failed).toMatchObject({ outcome: 'refused', fault: { kind: 'auth-required', reason: 'token-refused' } });
    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ parked: true, cause: { kind: 'auth-required' } });
    expect(new Set(stand.urls()).size).toBe(2);
    await stand.authorize();
    await stand.mcp.callTool('wiki', 'tool');
    expect(stand.authorization.seen.filter((request) => request === 'POST /reg')).toHaveLength(1);
  });

  it('is asked for once, however often the parked connection is probed', async () => {
    await using stand = await startStand();
    await stand.mcp.addServer(
      {
        name: 'wiki',
        transport: 'streamable_http',
        url: stand.server.url,
        // Asked for its era first, it would be parked before it is initialized.
        protocol: 'initialize',
        auth: { type: 'authorization-code', redirectUrl: REDIRECT_URL },
        parkedProbeMs: 20,
      },
      { waitUntil: 'added' },
    );

    await stand.server.request('POST initialize', 4);

    expect(stand.urls()).toHaveLength(1);
    expect(stand.authorization.seen.filter((request) => request === 'POST /reg')).toHaveLength(1);
    expect(stand.authorization.seen).not.toContain('GET /auth');
  });
});

describe('a call that needs more than was granted', () => {
  it('fails alone, and passes once a person has granted all of both', async () => {
    await using stand = await startStand({ server: { scopes: { 'tools/call': 'mcp:write' } } });
    await stand.parked();
    await stand.authorize();

    const failed: unknown = await stand.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ outcome: 'refused', fault: { kind: 'auth-required', reason: 'scope-missing' } });
    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 2 });
    const { authorizationUrl = '' } = stand.mcp.getServerInfo('wiki') ?? {};
    expect(new URL(authorizationUrl).searchParams.get('scope')?.split(' ')).toEqual(
      expect.arrayContaining(['mcp:read', 'mcp:write']),
    );
    await stand.mcp.authorize('wiki', { callbackUrl: await visit(authorizationUrl, REDIRECT_URL) });
    await stand.mcp.callTool('wiki', 'tool');
    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 2 });
  });

  it('is not asked for again when the server wants what was granted already', async () => {
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    const challenge = 'Bearer error="insufficient_scope", scope="mcp:read"';
    stand.server.handler = (_, response) => void response.writeHead(403, { 'www-authenticate': challenge }).end();

    const failed: unknown = await stand.mcp.callTool('wiki', 'tool').catch((e: unknown) => e);

    expect(failed).toMatchObject({ outcome: 'refused', fault: { kind: 'unauthorized', status: 403 } });
    expect(stand.urls()).toHaveLength(1);
    expect(stand.grants()).toEqual(['authorization_code']);
  });
});
