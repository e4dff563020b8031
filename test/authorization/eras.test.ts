/** Authorization is the same in both eras, and getting a token is no silence of the server that is asked for its era. */

import { describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../src/index.ts';
import { INTERACTIVE, startStand } from '../fixtures/authorization/stand.ts';
import { type Answers, json, result, status } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const complete = (value: object) => ({ resultType: 'complete', ttlMs: 0, cacheScope: 'private', ...value });
/** A server of the discover era alone. */
const MODERN: Answers = {
  initialize: status(400),
  'server/discover': ({ message }, response) =>
    json(response, result(message, complete({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } }))),
  'tools/list': ({ message }, response) =>
    json(response, result(message, complete({ tools: [{ name: 'tool', inputSchema: { type: 'object' } }] }))),
  'tools/call': ({ message }, response) => json(response, result(message, complete({ content: [] }))),
};
const SECRET = {
  type: 'client-credentials',
  clientId: 'me',
  clientSecret: 'the-secret-of-mine',
} as const satisfies AuthConfig;
const CLIENT = {
  client_id: 'me',
  client_secret: SECRET.clientSecret,
  grant_types: ['client_credentials'],
  redirect_uris: [],
  response_types: [],
};

describe('a server of the discover era', () => {
  it.each(['discover', 'auto'] as const)('is authorized by a person, with protocol %s', async (protocol) => {
    await using stand = await startStand({ server: { answers: MODERN } });
    const config = {
      name: 'wiki',
      transport: 'streamable_http',
      url: stand.server.url,
      auth: INTERACTIVE,
      protocol,
    } as const;
    const asked = new Promise<void>((resolve) => {
      stand.mcp.on('state', ({ parked }) => parked && resolve());
    });
    await stand.mcp.addServer(config, { waitUntil: 'added' });
    await asked;

    await stand.authorize();
    stand.authorization.forgetAccessTokens();
    await stand.mcp.callTool('wiki', 'tool');

    expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', era: 'discover' });
    expect(stand.grants()).toEqual(['authorization_code', 'refresh_token']);
  });

  it('is known for one, although the token took longer than a server may be silent', { timeout: 20_000 }, async () => {
    await using stand = await startStand({ server: { answers: MODERN }, authorization: { clients: [CLIENT] } });
    const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth: SECRET } as const;
    // Its metadata and the token, each within the time of one answer, and together not.
    stand.authorization.delayMs = 1_300;

    const info = await stand.mcp.addServer({ ...config, protocol: 'auto' });

    expect(info.era).toBe('discover');
    expect(stand.server.seen).not.toContain('POST initialize');
  });
});
