/** A server that nobody here wrote the protocol of: built with the official SDK that speaks both eras. */

import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ONE, Stand } from '../contract/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const SERVER = {
  config: {
    transport: 'stdio' as const,
    command: process.execPath,
    args: [fileURLToPath(new URL('sdk-server.mjs', import.meta.url))],
  },
};

it.each([
  ['auto', 'discover'],
  ['discover', 'discover'],
  ['initialize', 'initialize'],
] as const)('is spoken to by %s in %s, is called, killed and comes back', async (protocol, era) => {
  await using stand = new Stand();

  const info = await stand.add(SERVER, { protocol });
  expect([info.era, info.implementation?.name]).toEqual([era, 'sdk-server']);
  await expect(stand.text('add', { a: 1, b: 2 })).resolves.toBe('3');

  process.kill(info.pid ?? Number.NaN, 'SIGKILL');
  await stand.reached('ready', 2);
  await expect(stand.text('add', { a: 2, b: 2 })).resolves.toBe('4');
  expect(stand.mcp.getServerInfo(ONE)?.era).toBe(era);
});

it.each(['discover', 'initialize'] as const)('tells in %s that its tools changed', async (protocol) => {
  await using stand = new Stand();
  await stand.add(SERVER, { protocol });

  await stand.mcp.callTool(ONE, 'grow', {});

  await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown'));
});
