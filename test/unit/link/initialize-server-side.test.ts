import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { createInitializeLink } from '../../../src/link/initialize-link.ts';
import type { Link, SessionObserver } from '../../../src/link/link.ts';
import { RefusedRequest } from '../../../src/link/refused-request.ts';
import type { ProtocolMethod, TaskMethod } from '../../../src/link/requests.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { extension } from '../../ground/extension.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { initializeResult, ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

const rest = new SimulatedClock();
let links: Link[] = [];

/** An open link whose server offers everything. */
async function open(asked: Pick<SessionObserver, 'roots' | 'elicit' | 'sampling'> = {}) {
  const transport = new ScriptedTransport();
  const heard: string[] = [];
  const everything = { tools: {}, logging: {}, completions: {}, prompts: {}, resources: { subscribe: true } };
  transport.answer = (request) =>
    request.method === 'initialize' ? initializeResult(request, { capabilities: everything }) : undefined;
  const link = createInitializeLink(transport, {
    clock: systemClock,
    clientInfo: { name: 'test', version: '1' },
    observer: {
      opened: () => {},
      toolsChanged: () => heard.push('tools'),
      busy: () => {},
      idle: () => {},
      pulse: { isHeld: false, phase: 0 },
      listening: () => heard.push('listening'),
      logged: ({ level, data }) => heard.push(`${level} ${JSON.stringify(data)}`),
      listChanged: (list) => heard.push(list),
      resourceUpdated: (uri) => heard.push(`updated ${uri}`),
      elicitationCompleted: (id) => heard.push(`completed ${id}`),
      taskChanged: (id) => heard.push(`task ${id}`),
      ...asked,
    },
    scrub: (text) => text.replaceAll('canary', '***'),
    probeTimeoutMs: 50,
    limits: limitsOf({}),
  });
  links.push(link);
  const identity = await link.open(new AbortController().signal);
  return { link, transport, heard, identity };
}

/** What is answered to a request of the server; nothing when nothing is. */
async function answerTo(transport: ScriptedTransport, method: string, params: object = {}): Promise<unknown> {
  transport.receive({ jsonrpc: '2.0', id: 'server-1', method, params } as JSONRPCMessage);
  await rest.settle();
  return transport.sent.find((message) => 'id' in message && message.id === 'server-1' && !('method' in message));
}

afterEach(() => {
  for (const link of links) link.abandon({ kind: 'closed' });
  links = [];
});

const sample = () => Promise.reject(new RefusedRequest('declined', 'no'));
const FORM = { message: 'city?', requestedSchema: { type: 'object', properties: {} } };

describe('what is declared in the handshake', () => {
  it.each([
    ['nothing', {}, {}],
    ['roots', { roots: () => [] }, { roots: { listChanged: true } }],
    ['elicitation', { elicit: async () => ({ action: 'cancel' as const }) }, { elicitation: { form: {}, url: {} } }],
    ['sampling', { sampling: { tools: false, sample } }, { sampling: {} }],
    ['sampling with tools', { sampling: { tools: true, sample } }, { sampling: { tools: {} } }],
  ])('is %s, where that is what stands behind it', async (_what, asked, capabilities) => {
    const { transport } = await open(asked);
    expect(transport.lastRequest('initialize').params).toMatchObject({ capabilities });
    expect(Object.keys((transport.lastRequest('initialize').params as { capabilities: object }).capabilities)).toEqual(
      Object.keys(capabilities),
    );
  });

  it('keeps what the server offers, whatever its secrets are called', async () => {
    const { identity } = await open();
    expect(identity.capabilities).toEqual({
      tools: {},
      prompts: {},
      resources: { subscribe: true },
      logging: {},
      completions: {},
    });
  });
});

describe('what a server says by itself', () => {
  it('is told: logs and updates, and nothing of a wrong shape', async () => {
    const { transport, heard } = await open();
    const say = (method: string, params: object) => transport.receive({ jsonrpc: '2.0', method, params } as never);
    say('notifications/message', { level: 'error', data: { code: 7 } });
    say('notifications/message', { level: 'loud', data: 1 });
    say('notifications/resources/updated', { uri: 'test://a' });
    say('notifications/resources/updated', { uri: 7 });
    say('notifications/tools/list_changed', {});
    say('notifications/prompts/list_changed', {});
    say('notifications/resources/list_changed', {});
    await rest.settle();
    expect(heard).toEqual(['error {"code":7}', 'updated test://a', 'tools', 'prompts', 'resources']);
  });

  it('is told no more once the link has ended, in the same turn already', async () => {
    const { link, transport, heard } = await open();
    const { onmessage } = transport;
    onmessage?.({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri: 'test://a' } });
    link.abandon({ kind: 'closed' });
    await rest.settle();
    expect(heard).toEqual([]);
  });
});

describe('what a server asks', () => {
  it('is answered with the roots there are now', async () => {
    let roots = [{ uri: 'file:///a' }];
    const { link, transport } = await open({ roots: () => roots });
    roots = [{ uri: 'file:///b' }];
    await link.rootsChanged();
    expect(transport.methods).toContain('notifications/roots/list_changed');
    expect(await answerTo(transport, 'roots/list')).toMatchObject({ result: { roots: [{ uri: 'file:///b' }] } });
  });

  it.each(['roots/list', 'elicitation/create', 'sampling/createMessage'])(
    'is refused as a method that does not exist, where nothing stands behind %s',
    async (method) => {
      const { link, transport } = await open();
      await link.rootsChanged();
      expect(transport.methods).not.toContain('notifications/roots/list_changed');
      expect(await answerTo(transport, method, FORM)).toMatchObject({ error: { code: -32_601 } });
    },
  );

  it('is answered with nothing in it, where it is a ping', async () => {
    const { transport } = await open();
    expect(await answerTo(transport, 'ping')).toEqual({ jsonrpc: '2.0', id: 'server-1', result: {} });
  });

  it('is answered at once where it is marked as a task, which is not declared', async () => {
    const { transport } = await open({ elicit: async () => ({ action: 'decline' }) });
    const answer = await answerTo(transport, 'elicitation/create', { ...FORM, task: { ttl: 60_000 } });
    expect(answer).toEqual({ jsonrpc: '2.0', id: 'server-1', result: { action: 'decline' } });
  });

  it('is answered without progress, also where it wants some', async () => {
    const { transport } = await open({ roots: () => [] });
    const answer = await answerTo(transport, 'roots/list', { _meta: { progressToken: 'p' } });
    expect(answer).toMatchObject({ result: { roots: [] } });
    expect(transport.methods).not.toContain('notifications/progress');
  });

  it.each([
    ['the cancellation of what was never asked', 'notifications/cancelled', { requestId: 'never' }, []],
    // Whether it is one of those that somebody was sent to, who asks a person knows.
    [
      'the end of an elicitation that is unknown',
      'notifications/elicitation/complete',
      { elicitationId: 'never' },
      ['completed never'],
    ],
  ])('does not mind %s', async (_, method, params, told) => {
    const { link, transport, heard } = await open();
    const { length } = transport.sent;
    transport.receive({ jsonrpc: '2.0', method, params });
    await rest.settle();
    expect([transport.sent.length, heard]).toEqual([length, told]);
    transport.answer = () => ({ result: { content: [] } });
    await expect(link.request('tools/call', { name: 'x' }, { timeoutMs: 1_000 })).resolves.toEqual({ content: [] });
  });

  it('aborts whoever answers when the server cancels, and when the link ends', async () => {
    const signals: AbortSignal[] = [];
    const { link, transport } = await open({
      elicit: (_request, signal) => {
        signals.push(signal);
        return new Promise(() => {});
      },
    });
    for (const id of ['server-1', 'server-2']) {
      transport.receive({ jsonrpc: '2.0', id, method: 'elicitation/create', params: FORM });
    }
    await rest.settle();
    transport.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'server-1' } });
    await rest.settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    link.abandon({ kind: 'closed' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('a request of a server', () => {
  it('is answered with the error that it is refused with', async () => {
    const { transport } = await open({ sampling: { tools: false, sample } });
    expect(await answerTo(transport, 'sampling/createMessage', { messages: 7 })).toMatchObject({
      error: { code: -1, message: 'no' },
    });
  });

  it('for a model is taken back when the server cancels, and when the link ends', async () => {
    const signals: AbortSignal[] = [];
    const { link, transport } = await open({
      sampling: {
        tools: false,
        sample: (_params, signal) => {
          signals.push(signal);
          return new Promise(() => {});
        },
      },
    });
    for (const id of ['server-1', 'server-2']) {
      transport.receive({ jsonrpc: '2.0', id, method: 'sampling/createMessage', params: {} });
    }
    await rest.settle();
    transport.receive({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 'server-1' } });
    await rest.settle();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    link.abandon({ kind: 'closed' });
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
  });
});

describe('the requests of a link', () => {
  const page = { entries: [], toEntry: expect.any(Function) };
  const results = {
    'tools/call': { content: [] },
    'tools/list': { tools: [] },
    'resources/list': { resources: [] },
    'resources/templates/list': { resourceTemplates: [] },
    'resources/read': { contents: [{ uri: 'test://a', text: 'a' }] },
    'resources/subscribe': {},
    'resources/unsubscribe': {},
    'prompts/list': { prompts: [] },
    'prompts/get': { messages: [] },
    'completion/complete': { completion: { values: [] } },
    'logging/setLevel': {},
  } satisfies Record<Exclude<ProtocolMethod, TaskMethod>, object>;

  it.each(Object.entries(results))('carry %s', async (method, result) => {
    const { link, transport } = await open();
    transport.answer = () => ({ result });
    await expect(link.request(method as ProtocolMethod, {}, { timeoutMs: 1_000 })).resolves.toEqual(
      method.endsWith('/list') ? page : result,
    );
    expect(transport.methods.at(-1)).toBe(method);
  });

  it('hands on the pages that a person has to visit before a call', async () => {
    const { link, transport } = await open();
    const elicitations = [{ mode: 'url', elicitationId: 'e1', url: 'https://example.com/sign-in', message: 'Sign in' }];
    transport.answer = () => ({ error: { code: -32_042, message: 'first sign in', data: { elicitations } } });

    const failing = link.request('tools/call', { name: 'x' }, { timeoutMs: 1_000 });

    await expect(failing).rejects.toMatchObject({
      failure: { kind: 'server-error', code: -32_042, data: { elicitations } },
    });
    expect(transport.methods.filter((method) => method === 'tools/call')).toHaveLength(1);
  });

  it('carry what an extension adds, with whatever it answers', async () => {
    const { link, transport } = await open();
    transport.answer = ({ params }) => ({ result: { skills: [params] } });
    await expect(link.request(extension('skills/list'), { cursor: 'a' }, { timeoutMs: 1_000 })).resolves.toEqual({
      skills: [{ cursor: 'a' }],
    });
    expect(transport.methods.at(-1)).toBe('skills/list');
  });

  it.each(['resources/read', 'prompts/get', 'resources/list'] as const)(
    'find a reply to %s that is of no use invalid',
    async (method) => {
      const { link, transport } = await open();
      transport.answer = () => ({ result: { contents: [{ uri: 7 }], messages: 1, resources: 'x' } });
      await expect(link.request(method, {}, { timeoutMs: 1_000 })).rejects.toMatchObject({
        failure: { kind: 'invalid-reply' },
      });
    },
  );
});
