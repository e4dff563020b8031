/** What is kept of the results of a server of revision 2026-07-28, and for whom. */

import { expect, it } from 'vitest';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { ONE, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const DISCOVER = { protocol: 'discover' } as const;
const A = 'test://a';
const B = 'test://b';
const resources = { [A]: 'first', [B]: 'second' };

it('a result is kept for one resource of one server in one epoch', async () => {
  await using server = await TRANSPORTS.streamable_http.start({ era: 'discover', resources, ttlMs: 600_000 });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);
  await stand.add(server, DISCOVER, 'two');
  const read = async (name: string, uri: string) => {
    await stand.mcp.readResource(name, uri);
    return server.journal.executions('resources/read');
  };

  // The same server under another name may be another authorization.
  expect([await read(ONE, A), await read('two', A), await read(ONE, B)]).toEqual([1, 2, 3]);
  expect([await read(ONE, A), await read('two', A), await read(ONE, B)]).toEqual([3, 3, 3]);

  await server.kill();
  await stand.reached('reconnecting');
  await server.revive();
  await stand.mcp.waitFor(ONE, 'ready');

  expect(await read(ONE, A)).toBe(4);
});

it('nothing is fetched again by itself when its time is over', async () => {
  const clock = new SimulatedClock();
  await using server = await TRANSPORTS.stdio.start({ era: 'discover', resources, prompts: { a: '' }, ttlMs: 1_000 });
  await using stand = new Stand({ clock });
  await stand.add(server, { ...DISCOVER, heartbeat: false });
  await stand.mcp.listPrompts(ONE);
  await stand.mcp.readResource(ONE, A);
  const executed = () => server.journal.entries({ kind: 'executed' }).map(({ method }) => method);
  const before = executed();

  await clock.advance(10_000);
  await stand.text('echo', { text: 'x' });

  expect(executed()).toEqual([...before, 'tools/call']);
  await stand.mcp.listPrompts(ONE);
  expect(executed().at(-1)).toBe('prompts/list');
});

it('a list whose cursor is refused is fetched from its beginning', async () => {
  const faults = [{ on: 'prompts/list', do: 'error', code: -32_602, skip: 1, times: 1 }] as const;
  const prompts = { a: '', b: '', c: '' };
  await using server = await TRANSPORTS.stdio.start({ era: 'discover', prompts, pageSize: 2, faults });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);

  expect((await stand.mcp.listPrompts(ONE)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);

  const asked = server.journal.entries({ kind: 'message', method: 'prompts/list' }).map(({ cursor }) => cursor);
  expect(asked).toEqual([undefined, expect.any(String), undefined, expect.any(String)]);
});
