import { getEventListeners } from 'node:events';
import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { afterEach, describe, expect, it } from 'vitest';
import { ExpectedPages } from '../../../src/asking/expected-pages.ts';
import { Standstill } from '../../../src/asking/standstill.ts';
import type { CallOptions } from '../../../src/call/call-options.ts';
import { Gate } from '../../../src/call/gate.ts';
import type { CallRetried } from '../../../src/call/repetition.ts';
import { UnansweredCalls } from '../../../src/call/request-target.ts';
import { Requester } from '../../../src/call/requester.ts';
import { ResultCheck, type ResultChecks } from '../../../src/call/result-check.ts';
import type { Situation } from '../../../src/call/situation.ts';
import { Slots } from '../../../src/call/slots.ts';
import { TaskBoard } from '../../../src/call/task-board.ts';
import type { TraceContextFunction } from '../../../src/call/trace-context.ts';
import type { Publication } from '../../../src/connection/publication.ts';
import { CallError } from '../../../src/errors.ts';
import type { Fault } from '../../../src/fault.ts';
import type { ExtensionMethod } from '../../../src/link/extension-method.ts';
import { RequestError, type RequestFailure, type RequestOptions } from '../../../src/link/link.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { extension } from '../../ground/extension.ts';
import { planOf } from '../../ground/plans.ts';

const LOST: Fault = { kind: 'stream-ended' };
const lost = (outcome: 'not-sent' | 'refused' | 'unknown', fault: Fault = LOST): RequestFailure => ({
  kind: 'fault',
  fault,
  outcome,
});

type Answer = RequestFailure | 'ok' | 'hangs';

const SITUATION: Situation = {
  state: 'reconnecting',
  parked: false,
  held: false,
  attempt: 2,
  fault: { kind: 'http-status', status: 502 },
  retryInMs: 1_500,
  waitingFor: [],
  stderr: [],
};

/** Calls over a link whose answers are scripted; what is sent is written down with its time. */
class Exchange {
  readonly clock = new SimulatedClock();
  readonly unanswered = new UnansweredCalls();
  readonly gate = new Gate(this.clock, 10);
  slots = new Slots(this.clock, Number.POSITIVE_INFINITY, 10);
  trusted = false;
  /** What the server offers. */
  capabilities: ServerCapabilities = { tools: {} };
  readonly sent: string[] = [];
  readonly options: RequestOptions[] = [];
  readonly params: unknown[] = [];
  traceContext: TraceContextFunction | undefined;
  readonly retries: CallRetried[] = [];
  readonly answers: Answer[] = [];
  checks: ResultChecks | undefined;
  draws = 0;
  served = 0;
  readonly #requester: Requester;

  constructor(random = 0.5) {
    this.#requester = new Requester({
      clock: this.clock,
      random: () => {
        this.draws += 1;
        return random;
      },
      isHarmless: (_server, tool) => tool === 'add',
      retried: (event) => this.retries.push(event),
      traceContext: (about) => this.traceContext?.(about),
      mayAsk: false,
      unchecked: () => {},
      follow: () => Promise.reject(new Error('no call becomes a task')),
    });
  }

  serve(epoch = 1): this {
    const request = (method: string, params: unknown, options: RequestOptions) => {
      this.params.push(params);
      return this.#answer(epoch, method, options);
    };
    const served = () => {
      this.served += 1;
    };
    const identity = { capabilities: this.capabilities };
    this.gate.open({ server: 'files', epoch, link: { request }, identity, served } as unknown as Publication);
    return this;
  }

  /** Make a call; how it ended is read from what is returned. */
  call(options: CallOptions = {}, method: 'tools/call' | 'tools/list' | ExtensionMethod = 'tools/call') {
    const target = {
      gate: this.gate,
      slots: this.slots,
      unanswered: this.unanswered,
      situation: () => SITUATION,
      standstill: new Standstill(this.clock),
      pages: new ExpectedPages(),
      tasks: new TaskBoard(),
      plan: planOf('files', { callTimeoutMs: 10_000, trusted: this.trusted }),
      checks: this.checks,
    };
    const end: { value?: unknown; error?: CallError; atMs?: number } = {};
    void this.#requester.request(target, method, { name: 'add' }, options).then(
      (value) => Object.assign(end, { value, atMs: this.clock.now() }),
      (error: unknown) => Object.assign(end, { error, atMs: this.clock.now() }),
    );
    return end;
  }

  async #answer(epoch: number, method: string, options: RequestOptions): Promise<unknown> {
    this.sent.push(`${this.clock.now()} ${method} on epoch ${epoch}`);
    this.options.push(options);
    const answer = this.answers.shift() ?? 'ok';
    if (answer === 'ok') return { content: [] };
    if (answer !== 'hangs') throw new RequestError(answer);
    return await new Promise((_, reject) => {
      const fail = (failure: RequestFailure) => reject(new RequestError(failure));
      const timer = this.clock.setTimeout(() => fail({ kind: 'timed-out' }), options.timeoutMs);
      options.signal?.addEventListener(
        'abort',
        () => {
          this.clock.clearTimeout(timer);
          fail({ kind: 'aborted' });
        },
        { once: true },
      );
    });
  }
}

let exchanges: Exchange[] = [];

function begin(random?: number): Exchange {
  const exchange = new Exchange(random);
  exchanges.push(exchange);
  return exchange;
}

afterEach(() => {
  const left = exchanges.map(({ clock }) => clock.pendingCount).filter((count) => count > 0);
  exchanges = [];
  expect(left).toEqual([]);
});

describe('a call on a ready connection', () => {
  it('is on the link before the caller gets its promise: no timer, no queue, nothing in between', async () => {
    const exchange = begin().serve();

    const end = exchange.call();
    expect(exchange.sent).toEqual(['0 tools/call on epoch 1']);
    expect(exchange.clock.pendingCount).toBe(0);
    await exchange.clock.settle();

    expect(end.value).toEqual({ content: [] });
    expect([exchange.served, exchange.draws, exchange.retries]).toEqual([1, 0, []]);
  });

  it('sends along what its caller gives, and one trace context with all its attempts', async () => {
    const exchange = begin().serve();
    const asked: unknown[] = [];
    exchange.traceContext = (about) => {
      asked.push(about);
      return { traceparent: `00-${'a'.repeat(32)}-${String(asked.length).padStart(16, '0')}-01` };
    };
    exchange.answers.push(lost('not-sent'));

    const end = exchange.call({ meta: { 'com.example/tenant': 7 } });
    await exchange.clock.advance(1_000);

    expect(end.value).toEqual({ content: [] });
    const meta = { 'com.example/tenant': 7, traceparent: `00-${'a'.repeat(32)}-0000000000000001-01` };
    expect(exchange.params).toEqual([1, 2].map(() => ({ name: 'add', _meta: meta })));
    expect(asked).toEqual([{ server: 'files', method: 'tools/call' }]);
  });

  it('looks at its check when it is sent, and not again when the reply comes', async () => {
    const exchange = begin().serve();
    const looks: number[] = [];
    const check = new ResultCheck({ required: ['sum'] });
    const get = () => {
      looks.push(exchange.sent.length);
      return check;
    };
    exchange.checks = { get } as unknown as ResultChecks;

    const call = exchange.call({ retry: 'always' });
    const list = exchange.call({}, 'tools/list');
    await expect.poll(() => [call.error?.code, list.value]).toEqual(['RESULT_INVALID', { content: [] }]);

    expect(looks).toEqual([0]);
    expect([exchange.sent.length, exchange.retries, call.error?.attempts]).toEqual([2, [], 1]);
  });

  it('hands the deadline and the signal to the link', () => {
    const exchange = begin().serve();
    const { signal } = new AbortController();

    exchange.call({ timeoutMs: 700, signal });

    expect(exchange.options[0]).toMatchObject({ timeoutMs: 700, signal });
  });

  it('has the deadline of its server when the caller gives none', () => {
    const exchange = begin().serve();

    exchange.call();

    expect(exchange.options[0]?.timeoutMs).toBe(10_000);
  });

  it.each([Number.POSITIVE_INFINITY, 2 ** 31])(
    'cuts a deadline of %d ms to what a timer can hold',
    async (timeoutMs) => {
      const exchange = begin().serve();
      exchange.call({ timeoutMs });
      expect(exchange.options[0]?.timeoutMs).toBe(2_147_483_647);
      exchange.gate.hold();
      const waiting = exchange.call({ timeoutMs });
      expect(exchange.clock.pendingInMs).toEqual([2_147_483_647]);

      exchange.serve();
      await exchange.clock.settle();

      expect(waiting.value).toEqual({ content: [] });
    },
  );

  it('proves service also by an error that the server answers with', async () => {
    const exchange = begin().serve();
    exchange.answers.push({ kind: 'server-error', code: -32_602, message: 'bad' });

    const end = exchange.call();
    await exchange.clock.settle();

    expect(end.error).toMatchObject({ code: 'SERVER_ERROR', outcome: 'failed-by-server', attempts: 1 });
    expect([exchange.served, exchange.sent.length]).toEqual([1, 1]);
  });

  it('does not prove service by a failure', async () => {
    const exchange = begin().serve();
    exchange.answers.push({ kind: 'timed-out' });
    const end = exchange.call();
    await exchange.clock.settle();

    expect([end.error?.code, exchange.served]).toEqual(['CALL_TIMEOUT', 0]);
  });

  it('is not harmed by an onProgress that throws or rejects', async () => {
    const exchange = begin().serve();
    const unhandled: unknown[] = [];
    const note = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const seen: number[] = [];
    exchange.call({
      onProgress: ({ progress }) => {
        seen.push(progress);
        if (progress === 1) throw new Error('no');
        return Promise.reject(new Error('no')) as never;
      },
    });

    exchange.options[0]?.onProgress?.({ progress: 1 });
    exchange.options[0]?.onProgress?.({ progress: 2 });
    await exchange.clock.settle();
    process.off('unhandledRejection', note);

    expect([seen, unhandled]).toEqual([[1, 2], []]);
  });
});

describe('a call while the connection comes back', () => {
  it('waits, then goes out with what is left of its deadline', async () => {
    const exchange = begin();
    const end = exchange.call({ timeoutMs: 1_000 });
    await exchange.clock.advance(400);

    exchange.serve(2);
    await exchange.clock.settle();

    expect(exchange.sent).toEqual(['400 tools/call on epoch 2']);
    expect(exchange.options[0]?.timeoutMs).toBe(600);
    expect(end.value).toBeDefined();
  });

  it('has as much of its deadline left after the host slept as before', async () => {
    const exchange = begin();
    exchange.call({ timeoutMs: 1_000 });
    await exchange.clock.advance(400);

    exchange.clock.set(8 * 3_600_000);
    exchange.serve(2);
    await exchange.clock.settle();

    expect(exchange.options[0]?.timeoutMs).toBe(600);
  });

  it('goes out in the order in which calls came', async () => {
    const exchange = begin();
    exchange.call({}, 'tools/list');
    exchange.call({}, 'tools/call');
    exchange.call({}, 'tools/list');

    exchange.serve();
    await exchange.clock.settle();

    expect(exchange.sent.map((line) => line.split(' ')[1])).toEqual(['tools/list', 'tools/call', 'tools/list']);
  });

  it('fails at its deadline, never sent', async () => {
    const exchange = begin();
    const end = exchange.call({ timeoutMs: 1_000 });

    await exchange.clock.advance(1_000);

    expect(end).toMatchObject({ atMs: 1_000, error: { code: 'CALL_TIMEOUT', outcome: 'not-sent', attempts: 0 } });
    expect(exchange.sent).toEqual([]);
  });

  it('fails at once when it is aborted in the queue, with the reason as its cause', async () => {
    const exchange = begin();
    const controller = new AbortController();
    const end = exchange.call({ signal: controller.signal });

    controller.abort('enough');
    await exchange.clock.settle();

    expect(end.error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'not-sent', cause: 'enough' });
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });
});

describe('a call to a server that offers no such thing', () => {
  it('fails a call of a tool at once where the server offers none, and sends nothing', async () => {
    for (const isWaiting of [false, true]) {
      const exchange = begin();
      exchange.capabilities = { resources: {} };
      if (!isWaiting) exchange.serve();
      const end = exchange.call();
      if (isWaiting) exchange.serve();
      await exchange.clock.settle();

      expect(end).toMatchObject({ atMs: 0, error: { code: 'CAPABILITY_MISSING', outcome: 'not-sent' } });
      expect([exchange.sent, exchange.retries]).toEqual([[], []]);
    }
  });
});

describe('a call on a connection that is shut', () => {
  it.each<[CallError['code'], Fault]>([
    ['SERVER_PARKED', { kind: 'unauthorized', status: 401 }],
    ['SERVER_PARKED', { kind: 'crashed', message: 'TypeError' }],
    ['SERVER_CLOSED', { kind: 'crashed', message: 'TypeError' }],
    ['SERVER_REMOVED', { kind: 'process-exited', exitCode: 1, signal: null, stderr: [] }],
    ['SUPERVISOR_CLOSED', { kind: 'stream-ended' }],
  ])('fails at once with %s by %j, whether the fault could pass or not', async (code, fault) => {
    for (const isWaiting of [false, true]) {
      const exchange = begin();
      const shut = () => exchange.gate.shut(() => new CallError(code, 'shut', { outcome: 'not-sent', fault }));
      if (!isWaiting) shut();
      const end = exchange.call();
      if (isWaiting) shut();
      await exchange.clock.settle();

      expect(end).toMatchObject({ atMs: 0, error: { code, fault } });
      expect(exchange.retries).toEqual([]);
      expect(exchange.clock.pendingCount).toBe(0);
    }
  });
});

describe('a call that was lost', () => {
  it('is never sent again when a tool may have run', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'));

    const end = exchange.call();
    await exchange.clock.advance(10_000);

    expect(end.error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1, fault: LOST });
    expect(exchange.sent).toHaveLength(1);
  });

  it.each(['timed-out', 'aborted'] as const)('is never sent again when it was %s on the wire', async (kind) => {
    const exchange = begin().serve();
    exchange.answers.push({ kind });

    const end = exchange.call({}, 'tools/list');
    await exchange.clock.advance(10_000);

    expect(end.error?.outcome).toBe('unknown');
    expect(exchange.sent).toHaveLength(1);
  });

  it.each([
    ['tools/call', 'not-sent'],
    ['tools/list', 'not-sent'],
    ['tools/list', 'unknown'],
  ] as const)('is sent again when that is safe: %s, %s', async (method, outcome) => {
    const exchange = begin().serve();
    exchange.answers.push(lost(outcome));

    const end = exchange.call({}, method);
    await exchange.clock.advance(250);

    expect(end).toMatchObject({ atMs: 250, value: { content: [] } });
    expect(exchange.sent).toEqual([`0 ${method} on epoch 1`, `250 ${method} on epoch 1`]);
    expect(exchange.retries).toEqual([
      { type: 'call.retried', server: 'files', epoch: 1, atMs: 0, method, attempt: 1, outcome, delayMs: 250 },
    ]);
  });

  it('pauses longer each time', async () => {
    const exchange = begin().serve();
    for (let time = 0; time < 4; time += 1) exchange.answers.push(lost('not-sent'));

    const end = exchange.call();
    await exchange.clock.advance(10_000);

    expect(exchange.retries.map(({ delayMs }) => delayMs)).toEqual([250, 500, 1_000, 2_000]);
    expect(exchange.retries.map(({ attempt }) => attempt)).toEqual([1, 2, 3, 4]);
    expect(end.atMs).toBe(3_750);
  });

  it('goes on until its deadline while there is no network, however often', async () => {
    const exchange = begin().serve();
    const gone = lost('not-sent', { kind: 'unreachable', errno: 'ENETUNREACH' });
    for (let time = 0; time < 500; time += 1) exchange.answers.push(gone);

    const end = exchange.call({ timeoutMs: 600_000 });
    await exchange.clock.advance(600_000);

    expect(exchange.sent).toHaveLength(501);
    expect(end.value).toBeDefined();
  });

  it('obeys Retry-After', async () => {
    const exchange = begin(0).serve();
    exchange.answers.push(lost('refused', { kind: 'http-status', status: 429, retryAfterMs: 3_000 }));

    const end = exchange.call();
    await exchange.clock.advance(2_999);
    expect(exchange.sent).toHaveLength(1);
    await exchange.clock.advance(1);

    expect(end.value).toBeDefined();
  });

  it('waits at the gate after the pause when the connection is still away', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('not-sent'));
    const end = exchange.call();
    exchange.gate.hold();
    await exchange.clock.advance(5_000);
    expect(end).toEqual({});

    exchange.serve(2);
    await exchange.clock.settle();

    expect(exchange.sent).toEqual(['0 tools/call on epoch 1', '5000 tools/call on epoch 2']);
    expect(exchange.options[1]?.timeoutMs).toBe(5_000);
    expect(end.value).toBeDefined();
  });

  it('has one deadline for everything: pauses, waiting and repeating', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('not-sent'), 'hangs');

    const end = exchange.call({ timeoutMs: 1_000 });
    await exchange.clock.advance(999);
    expect(end).toEqual({});
    await exchange.clock.advance(1);

    expect(end).toMatchObject({ atMs: 1_000, error: { code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 2 } });
  });

  it('fails now, with what is known now, when the pause would outlast the deadline', async () => {
    const exchange = begin(0).serve();
    const fault: Fault = { kind: 'http-status', status: 503, retryAfterMs: 20_000 };
    exchange.answers.push(lost('refused', fault));

    const end = exchange.call();
    await exchange.clock.settle();

    expect(end).toMatchObject({ atMs: 0, error: { code: 'CALL_REFUSED', fault, attempts: 1 } });
    expect(exchange.draws).toBe(1);
    expect(exchange.retries).toEqual([]);
  });

  it('fails at once when it is aborted in the pause, leaving no timer', async () => {
    const exchange = begin().serve();
    const controller = new AbortController();
    exchange.answers.push(lost('not-sent'));
    const end = exchange.call({ signal: controller.signal });
    await exchange.clock.advance(100);

    controller.abort();
    await exchange.clock.settle();

    expect(end).toMatchObject({ atMs: 100, error: { code: 'CALL_ABORTED', outcome: 'not-sent', attempts: 1 } });
    expect(exchange.clock.pendingCount).toBe(0);
    expect(getEventListeners(controller.signal, 'abort')).toEqual([]);
  });

  it('fails at once when it is aborted on the wire', async () => {
    const exchange = begin().serve();
    const controller = new AbortController();
    exchange.answers.push('hangs');
    const end = exchange.call({ signal: controller.signal });

    controller.abort();
    await exchange.clock.settle();

    expect(end.error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown' });
  });

  it('stops repeating when the connection is shut', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('not-sent'));
    const end = exchange.call();
    await exchange.clock.settle();
    exchange.gate.shut(() => new CallError('SERVER_CLOSED', 'shut', { outcome: 'not-sent', fault: LOST }));

    await exchange.clock.advance(250);

    expect(end).toMatchObject({ atMs: 250, error: { code: 'SERVER_CLOSED' } });
    expect(exchange.sent).toHaveLength(1);
  });

  it('tells a defect as it is, and never repeats it', async () => {
    const exchange = begin().serve();
    const defect = new TypeError('fetch failed');
    Object.assign(exchange.gate.publication?.link ?? {}, { request: () => Promise.reject(defect) });

    const end = exchange.call({}, 'tools/list');
    await exchange.clock.advance(10_000);

    expect(end.error).toBe(defect);
  });
});

describe('a call whose outcome is unknown', () => {
  it('is not sent again on the word of a server that is not trusted', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'));

    const end = exchange.call();
    await exchange.clock.advance(5_000);

    expect(end.error).toMatchObject({ outcome: 'unknown' });
    expect(exchange.sent).toHaveLength(1);
  });

  it('is sent again when a trusted server says that it does no harm', async () => {
    const exchange = begin().serve();
    exchange.trusted = true;
    exchange.answers.push(lost('unknown'));

    const end = exchange.call();
    await exchange.clock.advance(5_000);

    expect(end.value).toBeDefined();
    expect(exchange.sent).toHaveLength(2);
  });

  it('is not sent again when it only shares its name with a tool that does no harm', async () => {
    const exchange = begin().serve();
    exchange.trusted = true;
    exchange.answers.push(lost('unknown'));

    const end = exchange.call({}, extension('files/remove'));
    await exchange.clock.advance(5_000);

    expect(end.error).toMatchObject({ outcome: 'unknown' });
    expect(exchange.sent).toHaveLength(1);
  });

  it('is sent again when its caller says so', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'));

    const end = exchange.call({ retry: 'always' });
    await exchange.clock.advance(5_000);

    expect(end.value).toBeDefined();
  });
});

describe('a call that may have run in an earlier attempt', () => {
  it.each([
    ['refused', 'CALL_REFUSED', lost('refused', { kind: 'unauthorized', status: 401 })],
    ['not sent', 'CONNECTION_LOST', lost('not-sent', { kind: 'closed' })],
  ] as const)('is unknown, not safe to send again, when its last attempt was %s', async (_, code, last) => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'), last);

    const end = exchange.call({ retry: 'always' });
    await exchange.clock.advance(5_000);

    expect(end.error).toMatchObject({ code, outcome: 'unknown', retryable: false, attempts: 2 });
  });

  it('is unknown when its deadline passes while it waits to be sent again', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'));

    const end = exchange.call({ retry: 'always' });
    await exchange.clock.settle();
    exchange.gate.hold();
    await exchange.clock.advance(20_000);

    expect(end.error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown' });
  });

  it('is unknown when it is aborted in the pause before the next attempt', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('unknown'));
    const controller = new AbortController();

    const end = exchange.call({ retry: 'always', signal: controller.signal });
    await exchange.clock.settle();
    controller.abort();
    await exchange.clock.settle();

    expect(end.error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown' });
  });

  it('stays not sent when no attempt can have run', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('refused', { kind: 'session-lost', status: 404 }));

    const end = exchange.call({ retry: 'always' });
    await exchange.clock.settle();
    exchange.gate.hold();
    await exchange.clock.advance(20_000);

    expect(end.error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'not-sent' });
  });
});

describe('a call that is never to be sent again', () => {
  it('fails with the first refusal', async () => {
    const exchange = begin().serve();
    exchange.answers.push(lost('not-sent'));

    const end = exchange.call({ retry: 'never' });
    await exchange.clock.advance(5_000);

    expect(end.error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'not-sent' });
    expect(exchange.sent).toHaveLength(1);
  });
});

describe('a server with a limit of calls under way', () => {
  it('is sent no more than that, and the next one when one has ended', async () => {
    const exchange = begin().serve();
    exchange.slots = new Slots(exchange.clock, 1, 10);
    exchange.answers.push('hangs');
    const first = exchange.call({ timeoutMs: 1_000 });
    const second = exchange.call();
    await exchange.clock.settle();
    expect(exchange.sent).toHaveLength(1);

    await exchange.clock.advance(1_000);

    expect(first.error).toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(second).toMatchObject({ value: { content: [] }, atMs: 1_000 });
  });

  it('fails a call at its own deadline while it waits for its turn, as not sent', async () => {
    const exchange = begin().serve();
    exchange.slots = new Slots(exchange.clock, 1, 10);
    exchange.answers.push('hangs');
    exchange.call();
    const second = exchange.call({ timeoutMs: 500 });

    await exchange.clock.advance(500);

    expect(second.error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'not-sent' });
    await exchange.clock.advance(10_000);
  });

  it('refuses a call at once when too many wait for their turn', async () => {
    const exchange = begin().serve();
    exchange.slots = new Slots(exchange.clock, 1, 1);
    exchange.answers.push('hangs');
    exchange.call();
    exchange.call();

    const third = exchange.call();
    await exchange.clock.settle();

    expect(third.error).toMatchObject({ code: 'QUEUE_FULL', outcome: 'not-sent' });
    await exchange.clock.advance(20_000);
  });
});
