/** A person authorizes this client at a real authorization server, and nothing but that person's time is lost. */

import { describe, expect, it } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import { AuthorizationRequiredError } from '../../src/index.ts';
import { INTERACTIVE, REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

describe.each(['streamable_http', 'sse'] as const)(
  'a server that wants a person to authorize, over %s',
  (transport) => {
    it('is parked until that was done, and then serves', async () => {
      await using stand = await startStand({ server: { transport } });
      const { mcp, authorization } = stand;

      await stand.parked();
      expect(mcp.getServerInfo('wiki')).toMatchObject({
        state: 'reconnecting',
        parked: true,
        cause: { kind: 'auth-required', reason: 'no-token' },
      });
      await stand.authorize();

      expect(mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch: 2 });
      expect(mcp.getServerInfo('wiki')?.authorizationUrl).toBeUndefined();
      const [url = ''] = stand.urls();
      const asked = new URL(url).searchParams;
      expect(asked.get('code_challenge_method')).toBe('S256');
      expect(asked.get('resource')).toBe(stand.server.url);
      expect(asked.get('scope')).toBe('mcp:read offline_access');
      expect(authorization.seen).toContain('POST /reg');
      expect(authorization.tokenRequests[0]?.get('resource')).toBe(stand.server.url);
    });
  },
);

describe('addServer of a server that wants a person to authorize', () => {
  it('rejects with AUTH_REQUIRED and the URL, which no text of the error holds', async () => {
    await using stand = await startStand();
    const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth: INTERACTIVE } as const;

    const error: unknown = await stand.mcp.addServer(config).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(AuthorizationRequiredError);
    expect(error).toMatchObject({ code: 'AUTH_REQUIRED', fault: { kind: 'auth-required' } });
    const { authorizationUrl = '' } = error as AuthorizationRequiredError;
    expect(stand.urls()).toEqual([authorizationUrl]);
    expect(JSON.stringify(error) + String(error)).not.toContain('code_challenge');
    expect(stand.mcp.listServers()).toEqual([]);

    await stand.mcp.addServer(config, { waitUntil: 'added' });
    await stand.mcp.authorize('wiki', { callbackUrl: await visit(authorizationUrl, REDIRECT_URL) });
    expect(stand.mcp.getServerInfo('wiki')?.state).toBe('ready');
  });
});
