/** What is kept of the results of a server belongs to the authorization that they were given to. */

import { expect, it } from 'vitest';
import { visit } from '../../examples/authorization/browser.ts';
import { freePort } from '../../src/testing/ports.ts';
import { INTERACTIVE, startStand } from '../fixtures/authorization/stand.ts';
import type { Handler } from '../fixtures/http/http-server.ts';
import { type Answers, json, result, status } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const URI = 'test://mine';
const complete = (value: object) => ({ resultType: 'complete', ttlMs: 600_000, cacheScope: 'private', ...value });

it('forgets what was kept for the authorization before', async () => {
  const asked: string[] = [];
  const answer =
    (value: object): Handler =>
    ({ message }, response) => {
      asked.push(String(message.method));
      json(response, result(message, complete(value)));
    };
  const answers: Answers = {
    initialize: status(400),
    'server/discover': answer({ supportedVersions: ['2026-07-28'], capabilities: { tools: {}, resources: {} } }),
    'tools/list': answer({ tools: [] }),
    'resources/list': answer({ resources: [{ uri: URI, name: 'mine' }] }),
    'resources/read': answer({ contents: [{ uri: URI, text: 'of whoever was authorized' }] }),
  };
  await using stand = await startStand({ server: { answers } });
  const redirectUrl = `http://127.0.0.1:${await freePort()}/callback`;
  await stand.parked({ ...INTERACTIVE, redirectUrl });
  const authorize = async () => {
    const open = async (url: string) => void (await fetch(await visit(url, redirectUrl)));
    await stand.mcp.authorize('wiki', { open });
  };
  const look = async () => {
    await stand.mcp.readResource('wiki', URI);
    await stand.mcp.listResources('wiki');
    return ['resources/read', 'resources/list'].map((method) => asked.filter((each) => each === method).length);
  };
  await authorize();
  expect([await look(), await look()]).toEqual([
    [1, 1],
    [1, 1],
  ]);
  const epoch = stand.mcp.getServerInfo('wiki')?.epoch;
  const lists = asked.filter((method) => method === 'tools/list').length;

  await authorize();

  expect(stand.mcp.getServerInfo('wiki')).toMatchObject({ state: 'ready', epoch });
  expect((await look())[0]).toBe(2);
  await expect.poll(() => asked.filter((method) => method === 'tools/list').length).toBe(lists + 1);
});
