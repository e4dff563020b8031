/** What is found out about a URL that nobody said the transport of. */

import { expect, it } from 'vitest';
import { startScripted } from '../../src/testing/scripted.ts';
import { ONE, Stand } from '../contract/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

it.each([
  ['streamable_http', 'discover', 'discover'],
  ['streamable_http', 'initialize', 'initialize'],
  ['sse', 'initialize', 'initialize'],
] as const)(
  'a server over %s that speaks %s is connected to, called, killed and comes back',
  async (transport, era, found) => {
    await using server = await startScripted(transport, { era });
    await using stand = new Stand();

    const info = await stand.mcp.addServer({ name: ONE, url: server.config.url, protocol: 'auto' });

    expect([info.transport, info.era, info.epoch]).toEqual([transport, found, 1]);
    await expect(stand.text('echo', { text: 'hello' })).resolves.toBe('hello');
    await server.stop();
    // In the discover era there is no session that could be lost: whoever is back serves.
    if (found === 'initialize') await stand.reached('reconnecting');
    await server.start();
    await expect(stand.text('echo', { text: 'back' })).resolves.toBe('back');
  },
);

it('a server over HTTP+SSE is asked for the other transport once', async () => {
  await using server = await startScripted('sse');
  await using stand = new Stand();
  await stand.mcp.addServer({ name: ONE, url: server.config.url, protocol: 'auto' });
  const refused = () => server.requests().filter((each) => each === 'POST server/discover').length;
  expect(refused()).toBe(1);

  await server.stop();
  await server.start();
  await stand.reached('ready', 2);

  expect(refused()).toBe(1);
});

it('an address that is no server is closed by a status', async () => {
  await using server = await startScripted('sse');
  await using stand = new Stand();
  const url = new URL('/elsewhere', server.config.url).href;
  void stand.mcp.addServer({ name: ONE, url, protocol: 'auto' }, { waitUntil: 'added' });

  const { cause } = await stand.reached('closed');

  expect(cause).toMatchObject({ kind: 'http-status' });
});
