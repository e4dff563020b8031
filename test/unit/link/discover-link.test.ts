import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { createDiscoverLink } from '../../../src/link/discover-link.ts';
import { type Link, RequestError } from '../../../src/link/link.ts';
import { extension } from '../../ground/extension.ts';
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
      listChanged: () => {},
      resourceUpdated: () => {},
      elicitationCompleted: () => {},
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

it.each([
  ['none', {}, 0],
  ['one that is negative', { ttlMs: -1, cacheScope: 'private' }, 0],
  ['one that is no number', { ttlMs: 'long', cacheScope: 'everybody' }, 0],
  ['a good one', { ttlMs: 5_000, cacheScope: 'public' }, 5_000],
])('reads a resource whose server says for how long it may be believed: %s', async (_, hints, ttlMs) => {
  const contents = [{ uri: 'test://a', text: 'a' }];
  const opened = await openLink(() => ({ result: { contents, ...hints } }), 0);

  const read = opened.link.request('resources/read', { uri: 'test://a' }, { timeoutMs: TIMEOUT_MS });

  await expect(read).resolves.toMatchObject({ contents, ttlMs });
});

it('believes nothing for long that came of what a person answered', async () => {
  const requests: JSONRPCRequest[] = [];
  const opened = await openLink((request) => {
    requests.push(request);
    if (requests.length === 1) return { result: { resultType: 'input_required', requestState: 'state' } };
    return { result: { contents: [], ttlMs: 5_000, cacheScope: 'private' } };
  }, 0);

  const read = opened.link.request('resources/read', { uri: 'test://a' }, { timeoutMs: TIMEOUT_MS });

  await expect(read).resolves.toMatchObject({ ttlMs: 0 });
  expect(requests.at(-1)?.params).toMatchObject({ requestState: 'state' });
});

it('carries what an extension adds, with what was given beside the fields of this era', async () => {
  let sent: JSONRPCRequest['params'];
  const opened = await openLink(({ params }) => {
    sent = params;
    return { result: { resultType: 'complete', skills: [{ uri: 'skill://a/SKILL.md' }] } };
  }, 0);
  const params = { cursor: 'a', _meta: { traceparent: 'b' } };

  const result = await opened.link.request(extension('skills/list'), params, { timeoutMs: TIMEOUT_MS });

  expect(result).toMatchObject({ skills: [{ uri: 'skill://a/SKILL.md' }] });
  const version = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
  expect(sent).toMatchObject({ cursor: 'a', _meta: { traceparent: 'b', ...version } });
});
