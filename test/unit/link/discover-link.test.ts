import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { createDiscoverLink } from '../../../src/link/discover-link.ts';
import { type Link, RequestError, type ServerIdentity } from '../../../src/link/link.ts';
import { extension } from '../../ground/extension.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { type ScriptedAnswer, ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

const HEADER_MISMATCH = { error: { code: -32_020, message: 'headers do not repeat the arguments' } };
const DISCOVERED = { result: { supportedVersions: ['2026-07-28'], capabilities: { tools: {}, resources: {} } } };
const ROUTED = { type: 'object', properties: { region: { type: 'string', 'x-mcp-header': 'Region' } } };
const TOOLS = { result: { tools: [{ name: 'routed', inputSchema: ROUTED }], ttlMs: 0, cacheScope: 'private' } };
const TIMEOUT_MS = 1_000;

let link: Link | undefined;

afterEach(() => link?.abandon({ kind: 'closed' }));

/** Open a link over a transport; resolves with what the server says it is. */
async function open(
  transport: ScriptedTransport,
  answerOf: (request: JSONRPCRequest) => ScriptedAnswer,
  monotonic = () => 0,
  updated: (uri: string) => void = () => {},
): Promise<ServerIdentity> {
  transport.answer = answerOf;
  link = createDiscoverLink(transport, {
    limits: limitsOf({}),
    clock: { ...systemClock, monotonic },
    clientInfo: { name: 'test', version: '1' },
    observer: {
      opened: () => {},
      toolsChanged: () => {},
      busy: () => {},
      idle: () => {},
      pulse: { isHeld: false, phase: 0 },
      listening: () => {},
      logged: () => {},
      listChanged: () => {},
      resourceUpdated: updated,
      elicitationCompleted: () => {},
      taskChanged: () => {},
    },
    scrub: (text) => text,
    probeTimeoutMs: 50,
  });
  return await link.open(new AbortController().signal);
}

/** An open link to a server that takes so long for each request, on a clock that only its answers move. */
async function openLink(answerOf: (request: JSONRPCRequest) => ScriptedAnswer, delayMs: number) {
  let elapsedMs = 0;
  const transport = new ScriptedTransport();
  const answer = (request: JSONRPCRequest) => {
    if (request.method === 'server/discover') return DISCOVERED;
    elapsedMs += delayMs;
    return answerOf(request);
  };
  await open(transport, answer, () => elapsedMs);
  const asked = () => transport.methods.filter((method) => method !== 'server/discover');
  return { link: link as Link, transport, asked };
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

it('takes a result without a type for complete, and refuses one of an unknown type', async () => {
  const results = [{ content: [] }, { content: [], resultType: 'novelty' }];
  const opened = await openLink(() => ({ result: results.shift() }), 0);

  await expect(call(opened.link)).resolves.toMatchObject({ content: [] });
  await expect(call(opened.link)).rejects.toMatchObject({ failure: { kind: 'invalid-reply' } });
});

it.each([
  ['resources/read', { uri: 'test://a' }],
  ['prompts/get', { name: 'a' }],
  ['tools/list', {}],
] as const)('takes a task in reply to %s for invalid', async (method, params) => {
  const task = { resultType: 'task', taskId: 't', status: 'working', ttlMs: null };
  // But for its type it is what was asked for.
  const opened = await openLink(() => ({ result: { ...task, contents: [], messages: [], tools: [] } }), 0);

  const asked = opened.link.request(method, params, { timeoutMs: TIMEOUT_MS });

  await expect(asked).rejects.toMatchObject({ failure: { kind: 'invalid-reply' } });
});

it.each([-32_002, -32_602])('takes %i for an error of a missing resource, and hands on what it says', async (code) => {
  const opened = await openLink(
    () => ({ error: { code, message: 'Resource not found', data: { uri: 'test://x' } } }),
    0,
  );

  const reading = opened.link.request('resources/read', { uri: 'test://x' }, { timeoutMs: TIMEOUT_MS });

  const failure = { kind: 'server-error', code: -32_602, data: { uri: 'test://x' } };
  await expect(reading).rejects.toMatchObject({ failure });
});

it('answers no request of a server, and is not harmed by one', async () => {
  const opened = await openLink(() => ({ result: { content: [] } }), 0);

  for (const method of ['roots/list', 'elicitation/create', 'ping', 'novelty']) {
    opened.transport.receive({ jsonrpc: '2.0', id: method, method, params: {} });
  }

  await expect(call(opened.link)).resolves.toMatchObject({ content: [] });
  expect(opened.transport.methods).not.toContain('answer');
});

it('does without a server that introduces itself in a wrong shape', async () => {
  const transport = new ScriptedTransport();
  const meta = { 'io.modelcontextprotocol/serverInfo': 7, 'io.modelcontextprotocol/novelty': { a: 1 } };
  const identity = await open(transport, () => ({ result: { ...DISCOVERED.result, _meta: meta } }));

  expect(identity).toMatchObject({ era: 'discover', capabilities: { tools: {} } });
  expect(identity.implementation).toBeUndefined();
});

describe('a subscription to a resource', () => {
  const URI = 'test://a';

  /** A link that subscribes to one resource, over a server that acknowledges so. */
  async function subscribing(resourceSubscriptions: string[]) {
    const transport = new ScriptedTransport();
    const updates: string[] = [];
    const answer = ({ method }: JSONRPCRequest) => (method === 'server/discover' ? DISCOVERED : undefined);
    await open(
      transport,
      answer,
      () => systemClock.monotonic(),
      (uri) => updates.push(uri),
    );
    const say = (method: string, params: object, id: unknown = transport.lastRequest('subscriptions/listen').id) => {
      const _meta = { 'io.modelcontextprotocol/subscriptionId': id };
      transport.receive({ jsonrpc: '2.0', method: `notifications/${method}`, params: { ...params, _meta } });
    };
    const subscribed = (link as Link).request('resources/subscribe', { uri: URI }, { timeoutMs: TIMEOUT_MS });
    await vi.waitFor(() => transport.lastRequest('subscriptions/listen'));
    say('subscriptions/acknowledged', { notifications: { resourceSubscriptions } });
    return { subscribed, say, updates };
  }

  it('is told what carries its id, and nothing of another', async () => {
    const { subscribed, say, updates } = await subscribing([URI]);
    await subscribed;

    say('resources/updated', { uri: 'test://of-another' }, 'another');
    say('resources/updated', { uri: URI });

    await vi.waitFor(() => expect(updates).toContain(URI));
    expect(updates).toEqual([URI]);
  });

  it('is refused where the server does not acknowledge it', async () => {
    const { subscribed } = await subscribing([]);

    await expect(subscribed).rejects.toMatchObject({ failure: { kind: 'server-error', code: -32_602 } });
  });
});
