import { getEventListeners } from 'node:events';
import { LATEST_PROTOCOL_VERSION } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import { type Fault, FaultError } from '../../../src/fault.ts';
import { createInitializeLink } from '../../../src/link/initialize-link.ts';
import { type Link, RequestError, type RequestFailure, type RequestOptions } from '../../../src/link/link.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { initializeResult, type ScriptedAnswer, ScriptedTransport } from '../../ground/scripted-transport.ts';

watchForLeaks();

const SECRET = 'canary';
const NO_NETWORK: Fault = { kind: 'unreachable', errno: 'ENETUNREACH' };
const EXITED: Fault = { kind: 'process-exited', exitCode: 1, signal: null, stderr: [] };

/** A link over a scripted transport. */
class Conversation {
  readonly clock = new SimulatedClock(1_000);
  readonly transport = new ScriptedTransport();
  readonly heard: string[] = [];
  readonly pulse = { isHeld: false, phase: 0 };
  readonly link: Link;
  busyCount = 0;
  idleCount = 0;
  ended: Fault | undefined;

  constructor(clock = systemClock) {
    this.link = createInitializeLink(this.transport, {
      limits: limitsOf({}),
      clock,
      clientInfo: { name: 'test', version: '1' },
      observer: {
        opened: () => this.heard.push('opened'),
        toolsChanged: () => this.heard.push('tools changed'),
        busy: () => (this.busyCount += 1),
        idle: () => (this.idleCount += 1),
        pulse: this.pulse,
        listening: () => this.heard.push('listening'),
        logged: ({ level, data }) => this.heard.push(`${level} ${JSON.stringify(data)}`),
        listChanged: (list) => this.heard.push(`${list} changed`),
        resourceUpdated: (uri) => this.heard.push(`updated ${uri}`),
        elicitationCompleted: () => {},
        taskChanged: (id) => this.heard.push(`task ${id}`),
      },
      scrub: (text) => text.replaceAll(SECRET, '***'),
      probeTimeoutMs: 50,
    });
    void this.link.ended.then((fault) => (this.ended = fault));
  }

  async open(): Promise<this> {
    await this.link.open(new AbortController().signal);
    return this;
  }

  /** Answer every tool call so. */
  answerCalls(answer: ScriptedAnswer): this {
    const before = this.transport.answer;
    this.transport.answer = (request) => (request.method === 'tools/call' ? answer : before(request));
    return this;
  }

  call(options: Partial<RequestOptions> = {}): Promise<unknown> {
    return this.link.request('tools/call', { name: 'add' }, { timeoutMs: 5_000, ...options });
  }

  /** Let what is under way come to rest. */
  settle(): Promise<void> {
    return this.clock.settle();
  }
}

let conversations: Conversation[] = [];

function begin(clock?: SimulatedClock): Conversation {
  const conversation = new Conversation(clock);
  conversations.push(conversation);
  return conversation;
}

const beginOpen = (clock?: SimulatedClock) => begin(clock).open();

/** Why a request failed. */
async function failureOf(request: Promise<unknown>): Promise<RequestFailure> {
  const error = await request.then(
    () => new Error('it was answered'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof RequestError)) throw error;
  return error.failure;
}

/** Why opening failed. */
async function faultOf(opening: Promise<unknown>): Promise<Fault> {
  const error = await opening.then(
    () => new Error('it was opened'),
    (reason: unknown) => reason,
  );
  if (!(error instanceof FaultError)) throw error;
  return error.fault;
}

afterEach(() => {
  for (const { link } of conversations) link.abandon({ kind: 'closed' });
  conversations = [];
});

describe('opening a link', () => {
  it('does no I/O before it is asked to', () => {
    expect(begin().transport.journal).toEqual([]);
  });

  it('gives who the server says it is, and tells when the transport was open', async () => {
    const { link, transport, heard } = begin();

    await expect(link.open(new AbortController().signal)).resolves.toEqual({
      era: 'initialize',
      protocolVersion: LATEST_PROTOCOL_VERSION,
      implementation: { name: 'scripted', version: '1' },
      capabilities: { tools: { listChanged: true } },
      instructions: undefined,
    });
    expect(heard).toEqual(['opened']);
    expect(transport.methods).toEqual(['initialize', 'notifications/initialized']);
  });

  it('gives the older revision that the server answers with', async () => {
    const { link, transport } = begin();
    transport.answer = (request) => initializeResult(request, { protocolVersion: '2024-11-05' });

    await expect(link.open(new AbortController().signal)).resolves.toMatchObject({ protocolVersion: '2024-11-05' });
  });

  it('fails by its own fault when there is no revision in common', async () => {
    const { link, transport } = begin();
    transport.answer = (request) => initializeResult(request, { protocolVersion: '1999-01-01' });

    await expect(faultOf(link.open(new AbortController().signal))).resolves.toEqual({
      kind: 'protocol-version-unsupported',
    });
  });

  it('fails as refused, with scrubbed text, when the server answers with an error', async () => {
    const { link, transport } = begin();
    transport.answer = () => ({ error: { code: -32_602, message: `no ${SECRET}` } });

    const fault = await faultOf(link.open(new AbortController().signal));

    expect(fault).toMatchObject({ kind: 'handshake-refused', code: -32_602 });
    expect(JSON.stringify(fault)).not.toContain(SECRET);
  });

  it.each([
    ['lacks the server', { serverInfo: undefined }],
    ['lacks the revision', { protocolVersion: undefined }],
    ['is of another shape', { capabilities: 7 }],
  ])('fails as malformed when the answer %s', async (_, changes) => {
    const { link, transport } = begin();
    transport.answer = (request) => initializeResult(request, changes);

    await expect(faultOf(link.open(new AbortController().signal))).resolves.toMatchObject({
      kind: 'malformed-message',
    });
  });

  it.each(['initialize', 'notifications/initialized'])(
    'fails by the fault of a %s that cannot be sent',
    async (method) => {
      const { link, transport } = begin();
      transport.carry = (message) => {
        if ('method' in message && message.method === method)
          throw new FaultError({ kind: 'unauthorized', status: 401 });
      };

      await expect(faultOf(link.open(new AbortController().signal))).resolves.toEqual({
        kind: 'unauthorized',
        status: 401,
      });
    },
  );

  it('asks for no sign of life after a handshake that cannot be carried', async () => {
    const { link, transport, clock } = begin();
    const carried: string[] = [];
    transport.carry = (message) => {
      if ('method' in message) carried.push(message.method);
      throw new FaultError(NO_NETWORK, 'not-sent');
    };

    await expect(faultOf(link.open(new AbortController().signal))).resolves.toEqual(NO_NETWORK);
    await clock.settle();

    expect(carried).toEqual(['initialize']);
  });

  it('fails by the fault that ended the transport meanwhile', async () => {
    const { link, transport } = begin();
    transport.answer = () => undefined;
    const opening = faultOf(link.open(new AbortController().signal));
    await Promise.resolve();

    transport.onfault?.(EXITED);

    await expect(opening).resolves.toEqual(EXITED);
  });

  it.each([
    ['the transport starts', true],
    ['the handshake is unanswered', false],
  ])('fails when it is aborted while %s', async (_, isStarting) => {
    const { link, transport, clock } = begin();
    if (isStarting) transport.starting = new Promise(() => {});
    transport.answer = () => undefined;
    const controller = new AbortController();
    let isOver = false;
    const opening = link.open(controller.signal).catch(() => (isOver = true));
    await clock.settle();

    controller.abort();
    await clock.settle();

    expect(isOver).toBe(true);
    await opening;
  });

  it('never cancels the handshake on the wire, which the specification forbids', async () => {
    const { link, transport, clock } = begin();
    transport.answer = () => undefined;
    const controller = new AbortController();
    const opening = link.open(controller.signal).catch(() => {});
    await clock.settle();

    controller.abort();
    await opening;
    await clock.settle();

    expect(transport.methods).toEqual(['initialize']);
  });

  it('leaves no listener on its signal', async () => {
    const { link } = begin();
    const { signal } = new AbortController();

    await link.open(signal);

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('a request on a link', () => {
  it('resolves with what the server answers', async () => {
    const conversation = await beginOpen();
    conversation.answerCalls({ result: { content: [{ type: 'text', text: '3' }] } });

    await expect(conversation.call()).resolves.toEqual({ content: [{ type: 'text', text: '3' }] });
  });

  it('fails as timed-out by its own timer, and cancels on the wire', async () => {
    const conversation = await beginOpen();

    await expect(failureOf(conversation.call({ timeoutMs: 20 }))).resolves.toEqual({ kind: 'timed-out' });
    expect(conversation.transport.methods.at(-1)).toBe('notifications/cancelled');
  });

  it.each([-32_000, -32_001, -32_600])('fails by the error of the server when that says %d itself', async (code) => {
    const conversation = await beginOpen();
    conversation.answerCalls({ error: { code, message: `no ${SECRET}`, data: { why: 'x' } } });

    const failure = await failureOf(conversation.call());

    expect(failure).toMatchObject({ kind: 'server-error', code, data: { why: 'x' } });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  it('scrubs the data of an error too', async () => {
    const conversation = await beginOpen();
    conversation.answerCalls({ error: { code: -32_603, message: 'no', data: { header: SECRET, [SECRET]: [SECRET] } } });

    expect(JSON.stringify(await failureOf(conversation.call()))).not.toContain(SECRET);
  });

  it.each([{ content: 7 }, { content: [{ type: 'text' }] }, { content: [], _meta: { progressToken: {} } }])(
    'fails by an invalid reply when that is %j',
    async (result) => {
      const conversation = await beginOpen();
      conversation.answerCalls({ result });

      await expect(failureOf(conversation.call())).resolves.toMatchObject({ kind: 'invalid-reply' });
      expect(conversation.ended).toBeUndefined();
    },
  );

  it.each<[string, object]>([
    ['a number as result', { result: 7 }],
    ['a list as result', { result: [] }],
    ['an error without a code', { error: { message: 'no' } }],
    ['neither result nor error', {}],
    ['a field too many', { result: { content: [] }, extra: 1 }],
  ])('fails at once when the reply is no valid message: %s', async (_, answer) => {
    const conversation = await beginOpen();
    conversation.answerCalls(answer as ScriptedAnswer);

    const failure = await failureOf(conversation.call());

    expect(failure).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-message' }, outcome: 'unknown' });
    expect(conversation.ended).toBeUndefined();
  });

  it('fails at once when it is aborted, cancels on the wire, and leaves no listener', async () => {
    const conversation = await beginOpen();
    const controller = new AbortController();
    const failing = failureOf(conversation.call({ signal: controller.signal }));
    await conversation.settle();

    controller.abort(new Error(SECRET));

    await expect(failing).resolves.toEqual({ kind: 'aborted' });
    expect(conversation.transport.methods.at(-1)).toBe('notifications/cancelled');
    expect(JSON.stringify(conversation.transport.sent)).not.toContain(SECRET);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('cancels nothing that was answered', async () => {
    const conversation = await beginOpen();
    conversation.answerCalls({ result: { content: [] } });
    const controller = new AbortController();

    await conversation.call({ signal: controller.signal });
    controller.abort();
    await conversation.settle();

    expect(conversation.transport.methods).not.toContain('notifications/cancelled');
  });

  it.each(['answered', 'refused', 'late'])('leaves no listener on a long-lived signal when it was %s', async (end) => {
    const conversation = await beginOpen();
    if (end === 'answered') conversation.answerCalls({ result: { content: [] } });
    if (end === 'refused') conversation.answerCalls({ error: { code: -32_602, message: 'no' } });
    const { signal } = new AbortController();

    for (let time = 0; time < 3; time += 1) await conversation.call({ signal, timeoutMs: 20 }).catch(() => {});

    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('is not sent when its signal was aborted before', async () => {
    const conversation = await beginOpen();

    const failure = await failureOf(conversation.call({ signal: AbortSignal.abort() }));

    expect(failure).toEqual({ kind: 'aborted' });
    expect(conversation.transport.methods).not.toContain('tools/call');
  });

  it('is given the reply to it also where its id comes back as a text', async () => {
    const conversation = await beginOpen();
    const calling = conversation.call();
    await conversation.settle();
    const { id } = conversation.transport.lastRequest('tools/call');

    conversation.transport.receive({ jsonrpc: '2.0', id: String(id), result: { content: [] } });

    await expect(calling).resolves.toEqual({ content: [] });
  });

  it('keeps its own deadline beside others, on one timer that ends with the link', async () => {
    const clock = new SimulatedClock();
    const conversation = await beginOpen(clock);
    const ended: string[] = [];
    for (const timeoutMs of [900, 100, 500]) {
      void failureOf(conversation.call({ timeoutMs })).then(({ kind }) => ended.push(`${kind} ${clock.now()}`));
    }
    await clock.settle();
    expect(clock.pendingInMs).toEqual([100]);

    await clock.advance(600);
    expect(ended).toEqual(['timed-out 100', 'timed-out 500']);
    conversation.link.abandon(EXITED);
    await clock.settle();

    expect([ended[2], clock.pendingCount]).toEqual(['fault 600', 0]);
  });

  it('hands progress to its caller', async () => {
    const conversation = await beginOpen();
    const seen: number[] = [];
    const calling = conversation.call({ onProgress: ({ progress }) => seen.push(progress) });
    await conversation.settle();
    const { id, params } = conversation.transport.lastRequest('tools/call');

    conversation.transport.receive({
      jsonrpc: '2.0',
      method: 'notifications/progress',
      params: { progressToken: params?._meta?.progressToken ?? '', progress: 1 },
    });
    await conversation.settle();
    conversation.transport.receive({ jsonrpc: '2.0', id, result: { content: [] } });
    await calling;

    expect(seen).toEqual([1]);
  });
});

describe('a request that cannot be carried', () => {
  it('fails with the fault and the outcome that the transport says', async () => {
    const conversation = await beginOpen();
    const fault: Fault = { kind: 'http-status', status: 429, retryAfterMs: 1_000 };
    conversation.transport.carry = () => Promise.reject(new FaultError(fault, 'refused'));

    await expect(failureOf(conversation.call())).resolves.toEqual({ kind: 'fault', fault, outcome: 'refused' });
    expect(conversation.ended).toBeUndefined();
  });

  it('fails with an unknown outcome when the transport throws anything else', async () => {
    const conversation = await beginOpen();
    conversation.transport.carry = () => Promise.reject(new TypeError(SECRET));

    const failure = await failureOf(conversation.call());

    expect(failure).toMatchObject({ kind: 'fault', fault: { kind: 'malformed-message' }, outcome: 'unknown' });
    expect(JSON.stringify(failure)).not.toContain(SECRET);
  });

  it('ends the link when a sign of life right after it fails as well', async () => {
    const conversation = await beginOpen();
    const fault: Fault = { kind: 'unreachable', errno: 'ECONNREFUSED' };
    conversation.transport.carry = () => Promise.reject(new FaultError(fault, 'not-sent'));

    await failureOf(conversation.call());

    await expect(conversation.link.ended).resolves.toEqual(fault);
  });

  it('asks for no sign of life while none is to be asked for', async () => {
    const conversation = await beginOpen();
    const carried: string[] = [];
    conversation.transport.carry = (message) => {
      if ('method' in message) carried.push(message.method);
      return Promise.reject(new FaultError(NO_NETWORK, 'not-sent'));
    };
    conversation.pulse.isHeld = true;

    const failures = [await failureOf(conversation.call()), await failureOf(conversation.call())];
    await conversation.settle();

    expect(failures).toMatchObject([{ outcome: 'not-sent' }, { outcome: 'not-sent' }]);
    expect(carried).toEqual(['tools/call', 'tools/call']);
    expect(conversation.ended).toBeUndefined();
  });

  it('holds a missing sign of life against nobody when the world went or came back meanwhile', async () => {
    const conversation = await beginOpen();
    conversation.transport.carry = (message) => {
      if ('method' in message && message.method !== 'tools/call') conversation.pulse.phase += 1;
      return Promise.reject(new FaultError(NO_NETWORK, 'not-sent'));
    };

    await failureOf(conversation.call());
    await conversation.settle();

    expect(conversation.pulse.phase).toBeGreaterThan(0);
    expect(conversation.ended).toBeUndefined();
  });

  it('leaves the link alone when a sign of life right after it comes back', async () => {
    const conversation = await beginOpen();
    conversation.transport.carry = (message) => {
      if ('method' in message && message.method === 'tools/call') {
        throw new FaultError({ kind: 'unreachable', errno: 'ECONNRESET' }, 'unknown');
      }
    };

    await failureOf(conversation.call());
    await conversation.settle();

    expect(conversation.transport.methods.at(-1)).toBe('ping');
    expect(conversation.ended).toBeUndefined();
  });

  it.each([
    [{ result: { tools: [] } }, 'leaves the link alone'],
    [undefined, 'ends the link'],
  ] as const)('asks a server that leaves the ping alone for its list; %j %s', async (answer, what) => {
    const conversation = await beginOpen();
    const { carry, answer: answerOthers } = conversation.transport;
    conversation.transport.answer = (request) => {
      if (request.method === 'ping') return undefined;
      return request.method === 'tools/list' ? answer : answerOthers(request);
    };
    conversation.transport.carry = (message) => {
      if ('method' in message && message.method === 'tools/call') {
        throw new FaultError({ kind: 'unreachable', errno: 'ECONNRESET' }, 'unknown');
      }
      return carry(message);
    };

    await failureOf(conversation.call());
    await vi.waitFor(() => expect(conversation.transport.methods).toContain('tools/list'));
    if (what === 'ends the link') await conversation.link.ended;
    await conversation.settle();

    expect(conversation.ended !== undefined).toBe(what === 'ends the link');
  });
});

describe('a link that is abandoned', () => {
  it('rejects what is pending in the same turn, with an unknown outcome', async () => {
    const conversation = await beginOpen();
    const failures = [1, 2, 3].map(() => failureOf(conversation.call()));
    await conversation.settle();
    const settled: string[] = [];
    for (const failure of failures) void failure.then(({ kind }) => settled.push(kind));

    conversation.link.abandon(EXITED);
    await new Promise((resolve) => setImmediate(resolve));

    expect(settled).toEqual(['fault', 'fault', 'fault']);
    await expect(failures[0]).resolves.toEqual({ kind: 'fault', fault: EXITED, outcome: 'unknown' });
    expect(conversation.ended).toEqual(EXITED);
  });

  it('ends by the fault of its transport', async () => {
    const conversation = await beginOpen();

    conversation.transport.onfault?.(EXITED);

    await expect(conversation.link.ended).resolves.toEqual(EXITED);
  });

  it('ends once, by the first fault', async () => {
    const conversation = await beginOpen();

    conversation.link.abandon(EXITED);
    conversation.link.abandon({ kind: 'closed' });
    conversation.transport.onfault?.({ kind: 'stream-ended' });

    await expect(conversation.link.ended).resolves.toEqual(EXITED);
  });

  it('sends no request any more, and says so', async () => {
    const conversation = await beginOpen();
    conversation.link.abandon(EXITED);

    await expect(failureOf(conversation.call())).resolves.toEqual({
      kind: 'fault',
      fault: EXITED,
      outcome: 'not-sent',
    });
    await expect(failureOf(conversation.link.alive(50))).resolves.toMatchObject({ outcome: 'not-sent' });
    expect(conversation.transport.methods).not.toContain('tools/call');
  });

  it('drops whatever arrives later', async () => {
    const conversation = await beginOpen();
    const failing = failureOf(conversation.call());
    await conversation.settle();
    const { id } = conversation.transport.lastRequest('tools/call');
    const { length } = conversation.transport.sent;

    conversation.link.abandon(EXITED);
    conversation.transport.receive({ jsonrpc: '2.0', id, result: { content: [] } });
    conversation.transport.receive({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    conversation.transport.receive({ jsonrpc: '2.0', id: 99, method: 'ping' });
    conversation.transport.onopen?.();
    await conversation.settle();

    await expect(failing).resolves.toMatchObject({ kind: 'fault' });
    expect(conversation.heard).toEqual(['opened']);
    expect(conversation.transport.sent).toHaveLength(length);
  });
});

describe('a link that is closed', () => {
  it('ends, then says farewell; the transport itself is left to its owner', async () => {
    const conversation = await beginOpen();
    const failing = failureOf(conversation.call());

    await conversation.link.close();

    await expect(failing).resolves.toMatchObject({ fault: { kind: 'closed' } });
    expect(conversation.transport.journal).toEqual(['start', 'farewell']);
  });

  it('closes before it was opened as well', async () => {
    const { link, transport } = begin();

    await link.close();

    await expect(link.ended).resolves.toEqual({ kind: 'closed' });
    expect(transport.journal).toEqual(['farewell']);
  });
});

describe('a sign of life', () => {
  it.each<[string, ScriptedAnswer]>([
    ['an empty answer', { result: {} }],
    ['an error, such as a server that does not know ping', { error: { code: -32_601, message: 'no' } }],
    ['an answer with more in it than there should be', { result: { more: 1 } }],
  ])('is %s', async (_, answer) => {
    const conversation = await beginOpen();
    conversation.transport.answer = () => answer;

    await expect(conversation.link.alive(200)).resolves.toBeUndefined();
  });

  it('is a refusal by status, but not that of a lost session', async () => {
    const conversation = await beginOpen();
    let fault: Fault = { kind: 'http-status', status: 503 };
    conversation.transport.carry = () => Promise.reject(new FaultError(fault, 'refused'));
    await expect(conversation.link.alive(200)).resolves.toBeUndefined();

    fault = { kind: 'session-lost', status: 404 };

    await expect(failureOf(conversation.link.alive(200))).resolves.toMatchObject({ fault });
  });

  it('is not silence', async () => {
    const conversation = await beginOpen();
    conversation.transport.answer = () => undefined;

    await expect(failureOf(conversation.link.alive(20))).resolves.toEqual({ kind: 'timed-out' });
  });

  it('is a list as well, when that is asked for', async () => {
    const conversation = await beginOpen();
    conversation.transport.answer = () => ({ result: { prompts: [] } });

    await conversation.link.alive(200, undefined, 'prompts/list');

    expect(conversation.transport.methods.at(-1)).toBe('prompts/list');
  });

  it('is not a request that waits for its reply; the first such request is told, and the last reply', async () => {
    const conversation = (await beginOpen()).answerCalls({ result: { content: [] } });
    await conversation.link.alive(200);
    expect(conversation.busyCount).toBe(0);

    await Promise.all([conversation.call(), conversation.call()]);
    expect(conversation).toMatchObject({ busyCount: 1, idleCount: 1 });
    await conversation.call();

    expect(conversation).toMatchObject({ busyCount: 2, idleCount: 2 });
  });

  it('is noted with its time, whatever it was', async () => {
    const clock = new SimulatedClock(5_000);
    const { link, transport } = await beginOpen(clock);
    await clock.advance(700);
    expect(link.lastHeardAtMs).toBe(0);

    transport.onheard?.();

    expect(link.lastHeardAtMs).toBe(700);
  });
});

describe('what a server says unasked', () => {
  it('is heard when its tools changed', async () => {
    const { transport, heard, clock } = await beginOpen();

    transport.receive({ jsonrpc: '2.0', method: 'notifications/tools/list_changed' });
    await clock.settle();

    expect(heard).toEqual(['opened', 'tools changed']);
  });

  it.each([
    { jsonrpc: '2.0', id: 999, result: {} },
    { jsonrpc: '2.0', method: 'notifications/nonsense' },
    { jsonrpc: '2.0', method: 'notifications/progress', params: { progressToken: 4, progress: 1 } },
    { jsonrpc: '2.0', id: 5, method: 'sampling/createMessage', params: {} },
    { nonsense: true },
  ])('does not harm the link: %j', async (message) => {
    const conversation = await beginOpen();
    conversation.answerCalls({ result: { content: [] } });

    conversation.transport.receive(message as never);
    await conversation.settle();

    await expect(conversation.call()).resolves.toEqual({ content: [] });
    expect(conversation.ended).toBeUndefined();
  });
});
