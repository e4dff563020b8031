import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { createDiscoverLink } from '../../../src/link/discover-link.ts';
import { type Link, RequestError } from '../../../src/link/link.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { type ScriptedAnswer, ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

const HEADER_MISMATCH = { error: { code: -32_020, message: 'headers do not repeat the arguments' } };
const DISCOVERED = { result: { supportedVersions: ['2026-07-28'], capabilities: { tools: {} } } };
const ROUTED = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
const TOOLS = { result: { tools: [{ name: 'routed', inputSchema: ROUTED }], ttlMs: 0, cacheScope: 'private' } };
const TIMEOUT_MS = 1_000;

let link: Link | undefined;

afterEach(() => link?.abandon({ kind: 'closed' }));

/** An open link to a server that takes so long for each request, on a clock that only its answers move. */
async function openLink(answerOf: (request: JSONRPCRequest) => ScriptedAnswer, delayMs: number) {
  let elapsedMs = 0;
  const transport = new ScriptedTransport();
  transport.answer = (request) => {
    if (request.method === 'server/discover') return DISCOVERED;
    elapsedMs += delayMs;
    return answerOf(request);
  };
  link = createDiscoverLink(transport, {
    limits: limitsOf({}),
    clock: { ...systemClock, monotonic: () => elapsedMs },
    clientInfo: { name: 'test', version: '1' },
    observer: {
      opened: () => {},
      toolsChanged: () => {},
      busy: () => {},
      idle: () => {},
      listening: () => {},
      logged: () => {},
      resourceUpdated: () => {},
      taskChanged: () => {},
    },
    scrub: (text) => text,
    probeTimeoutMs: 50,
  });
  await link.open(new AbortController().signal);
  return { link, asked: () => transport.methods.filter((method) => method !== 'server/discover') };
}

const call = (to: Link) =>
  to.request('tools/call', { name: 'routed', arguments: { region: 'eu' } }, { timeoutMs: TIMEOUT_MS });

it('looks at the tools again where a call lacks a header, and sends it once more', async () => {
  let calls = 0;
  const opened = await openLink(({ method }) => {
    if (method === 'tools/list') return TOOLS;
    calls += 1;
    return calls === 1 ? HEADER_MISMATCH : { result: { content: [] } };
  }, 300);

  await expect(call(opened.link)).resolves.toMatchObject({ content: [] });
  expect(opened.asked()).toEqual(['tools/call', 'tools/list', 'tools/call']);
});

it.each([
  ['before it could look', 1_200, ['tools/call']],
  ['while it looked', 600, ['tools/call', 'tools/list']],
])('sends no call once more whose deadline passed %s', async (_, delayMs, asked) => {
  const opened = await openLink(({ method }) => (method === 'tools/list' ? TOOLS : HEADER_MISMATCH), delayMs);

  const error: unknown = await call(opened.link).catch((reason: unknown) => reason);

  expect(error instanceof RequestError && error.failure).toMatchObject({ kind: 'server-error', code: -32_020 });
  expect(opened.asked()).toEqual(asked);
});
