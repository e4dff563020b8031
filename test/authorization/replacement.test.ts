/** What becomes of the authorization of a configuration that was replaced. */

import { queryObjects } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { Authorizer } from '../../src/authorization/authorizer.ts';
import { freePort } from '../../src/testing/ports.ts';
import { INTERACTIVE, startStand } from '../fixtures/authorization/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

describe('the authorizer of a configuration that was replaced', () => {
  it('is let go with the last connection that uses it, however often that happens', async () => {
    await using stand = await startStand();
    await stand.parked();
    await stand.authorize();
    const before = queryObjects(Authorizer, { format: 'count' });

    for (const version of ['1', '2', '3', '4', '5']) {
      const retired = new Promise<void>((resolve) => {
        stand.mcp.on('connection.retired', () => resolve());
      });
      const headers = { 'x-version': version };
      await stand.mcp.replaceServer({
        name: 'wiki',
        transport: 'streamable_http',
        url: stand.server.url,
        auth: INTERACTIVE,
        headers,
      });
      await retired;
    }

    // What has just ended may be held by a turn that is not over.
    await expect.poll(() => queryObjects(Authorizer, { format: 'count' }), { timeout: 10_000 }).toBe(before);
    expect(stand.urls()).toHaveLength(1);
  });

  it('waits for its browser all the same, and ends with its server', async () => {
    await using stand = await startStand();
    const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
    const auth = { ...INTERACTIVE, redirectUrl };
    await stand.parked(auth);
    let waiting: Promise<unknown> = Promise.resolve();
    await new Promise<void>((resolve) => {
      waiting = stand.mcp.authorize('wiki', { open: () => resolve() }).catch((error: unknown) => error);
    });
    const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth } as const;
    await stand.mcp.replaceServer({ ...config, headers: { 'x-version': '1' } }, { waitUntil: 'added' });

    await stand.mcp.removeServer('wiki');

    expect(await waiting).toMatchObject({ code: 'AUTHORIZATION_FAILED', fault: { kind: 'closed' } });
    await expect(fetch(redirectUrl)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });
});
