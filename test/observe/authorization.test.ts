/** Tokens, codes and secrets of the flow turn up nowhere, although every server quotes what it is sent. */

import { afterEach, describe, expect, it, vi } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import type { ServerInfo } from '../../src/index.ts';
import { REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { json } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

afterEach(() => {
  vi.restoreAllMocks();
});

describe('what is secret in an authorization', () => {
  it('is in no inspection, event, error, information or log; the URL to open is where it is meant to be', async () => {
    const inspections: unknown[] = [];
    const errors: unknown[] = [];
    const infos: (ServerInfo | undefined)[] = [];
    const methods = (['debug', 'error', 'info', 'log', 'trace', 'warn'] as const).map((name) =>
      vi.spyOn(console, name).mockImplementation(() => {}),
    );
    const keep = async (failing: Promise<unknown>): Promise<void> => {
      errors.push(
        await failing.then(
          () => expect.unreachable('it did not fail'),
          (error: unknown) => error,
        ),
      );
      infos.push(stand.mcp.getServerInfo('wiki'));
    };
    await using stand = await startStand({
      mcp: { inspect: (event: unknown) => void inspections.push(event) },
      server: {
        answers: {
          'tools/call': ({ message, headers }, response) =>
            json(response, {
              jsonrpc: '2.0',
              id: message.id,
              error: { code: -32_000, message: `no: ${JSON.stringify(headers)}`, data: headers },
            }),
        },
        scopes: { 'tools/call': 'mcp:write' },
      },
    });

    // Refused, forged, granted, not enough, quoted, expired during an outage, quoted again, revoked.
    await stand.parked();
    const [first = ''] = stand.urls();
    await keep(stand.mcp.callTool('wiki', 'tool'));
    const callbackUrl = await visit(first, REDIRECT_URL);
    await keep(stand.mcp.authorize('wiki', { callbackUrl: callbackUrl.replace('state=', 'state=x') }));
    await stand.mcp.authorize('wiki', { callbackUrl });
    await keep(stand.mcp.authorize('wiki', { callbackUrl }));
    await keep(stand.mcp.callTool('wiki', 'tool'));
    await stand.authorize();
    await keep(stand.mcp.callTool('wiki', 'tool'));
    stand.authorization.forgetAccessTokens();
    stand.authorization.outage = 500;
    await keep(stand.mcp.callTool('wiki', 'tool', {}, { timeoutMs: 1_000 }));
    stand.authorization.outage = undefined;
    await keep(stand.mcp.callTool('wiki', 'tool'));
    await stand.authorization.revokeAll();
    await keep(stand.mcp.callTool('wiki', 'tool'));
    await stand.mcp.close();

    const asked = stand.urls().map((url) => new URL(url).searchParams);
    const spent = stand.authorization.tokenRequests.flatMap((request) =>
      ['code', 'code_verifier', 'refresh_token'].map((name) => request.get(name)),
    );
    const secrets = [...stand.server.presented, ...spent].filter((secret) => typeof secret === 'string');
    const urls = asked.flatMap((parameters) => [parameters.get('state'), parameters.get('code_challenge')]);
    expect(new Set(secrets).size).toBeGreaterThan(8);
    const others = stand.events.filter(({ type }) => type !== 'authorization.required');
    const plainInfos = infos.map((info) => ({ ...info, authorizationUrl: undefined }));
    const logged = methods.flatMap(({ mock }) => mock.calls);
    const found = (what: readonly unknown[], among: readonly (string | null | undefined)[]) => {
      const texts = textsOf(what).join('\n');
      return among.filter((secret) => secret && texts.includes(secret));
    };

    for (const what of [inspections, others, errors, plainInfos, logged]) {
      expect(found(what, [...secrets, ...urls])).toEqual([]);
    }
    expect(found([...stand.events, ...infos], secrets)).toEqual([]);
    // Otherwise nothing was driven, and nothing proved.
    expect(JSON.stringify(errors)).toContain('[redacted]');
    expect(errors.map((error) => (error as { code?: string }).code)).toEqual(
      expect.arrayContaining(['SERVER_PARKED', 'AUTHORIZATION_FAILED', 'CALL_REFUSED', 'SERVER_ERROR']),
    );
    expect(inspections.length).toBeGreaterThan(20);
  });
});

/** Every text that can be reached from a value: its strings, names, hidden properties and entries; each object once. */
function textsOf(root: unknown): string[] {
  const texts: string[] = [];
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const here = waiting.pop();
    if (typeof here === 'string') texts.push(here);
    if (!(typeof here === 'object' || typeof here === 'function') || here === null || seen.has(here)) continue;
    seen.add(here);
    if (here instanceof Map || here instanceof Set) waiting.push([...here.entries()]);
    for (const key of Reflect.ownKeys(here)) {
      texts.push(String(key));
      waiting.push(Object.getOwnPropertyDescriptor(here, key)?.value);
    }
  }
  return texts;
}
