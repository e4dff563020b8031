/** The discover era over Streamable HTTP: what holds on every transport, and what concerns HTTP alone. */

import { expect, it } from 'vitest';
import { scratchFile } from '../../src/testing/scratch.ts';
import { startScripted } from '../../src/testing/scripted.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { discoverFacts } from './facts.ts';

watchForLeaks();
discoverFacts(TRANSPORTS.streamable_http);

const DISCOVER = { protocol: 'discover' } as const;
const CALL = { timeoutMs: 10_000 };

it.each(['cut', 'reset'])('fails a call at once whose reply was lost by a %s, and lives on', async (ending) => {
  await using server = await startScripted('streamable_http', { era: 'discover' });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);
  const file = scratchFile('committed.txt');

  const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'commit', { file, ending }, CALL));

  expect([error.code, error.outcome, error.fault?.kind]).toEqual(['CONNECTION_LOST', 'unknown', 'reply-lost']);
  expect(elapsedMs).toBeLessThan(2_000);
  await expect(stand.text('echo', { text: 'there' })).resolves.toBe('there');
  expect(stand.states().at(-1)).toBe('1 ready');
});

it('opens no stream by GET, ends no session by DELETE, and goes on with no stream that broke', async () => {
  await using server = await startScripted('streamable_http', { era: 'discover', primed: true });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);
  const file = scratchFile('committed.txt');
  await rejection(stand.mcp.callTool(ONE, 'commit', { file, ending: 'cut' }, CALL));
  await stand.mcp.close();

  expect(server.requests().filter((request) => !request.startsWith('POST'))).toEqual([]);
  const sessions = server.journal.entries({ kind: 'request' }).map(({ sessionId }) => sessionId);
  expect(sessions.filter((id) => id !== undefined)).toEqual([]);
});

it('repeats marked arguments in the headers of a call, and leaves a tool out that marks them wrongly', async () => {
  const tool = (name: string, mark: unknown) => ({
    name,
    inputSchema: { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': mark } } },
  });
  await using server = await startScripted('streamable_http', {
    era: 'discover',
    tools: [tool('routed', 'Region'), tool('broken', 'not a token')],
  });
  await using stand = new Stand();
  const info = await stand.add(server, DISCOVER);

  await stand.mcp.callTool(ONE, 'routed', { region: ' Zürich' }, CALL);

  const names = info.tools.map(({ name }) => name);
  expect([names.includes('routed'), names.includes('broken')]).toEqual([true, false]);
  const call = server.journal.entries({ kind: 'request', method: 'tools/call' }).at(-1);
  expect(call?.headers).toMatchObject({
    'mcp-method': 'tools/call',
    'mcp-name': 'routed',
    'mcp-protocol-version': '2026-07-28',
    'mcp-param-region': `=?base64?${Buffer.from(' Zürich').toString('base64')}?=`,
  });
});

it('takes the error that a server explains its status with', async () => {
  const error = { code: -32_602, message: 'no such thing' };
  await using server = await startScripted('streamable_http', {
    era: 'discover',
    faults: [{ on: 'tools/call:echo', do: 'status', status: 400, body: { jsonrpc: '2.0', id: null, error } }],
  });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);

  const failed = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'x' }, CALL));

  expect([failed.error.code, failed.error.outcome]).toEqual(['SERVER_ERROR', 'failed-by-server']);
});

it.each([
  [429, 'refused'],
  [500, 'unknown'],
])('keeps what a status of %i says, whatever its body is', async (status, outcome) => {
  const body = { jsonrpc: '2.0', id: null, error: { code: -32_603, message: 'oops' } };
  await using server = await startScripted('streamable_http', {
    era: 'discover',
    faults: [{ on: 'tools/call:echo', do: 'status', status, body }],
  });
  await using stand = new Stand();
  await stand.add(server, DISCOVER);

  const failed = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'x' }, { ...CALL, retry: 'never' }));

  expect([failed.error.fault?.kind, failed.error.outcome]).toEqual(['http-status', outcome]);
});
