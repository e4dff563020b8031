import { getEventListeners } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { ExpectedPages } from '../../../src/asking/expected-pages.ts';
import { Standstill } from '../../../src/asking/standstill.ts';
import type { CallOptions } from '../../../src/call/call-options.ts';
import { Gate } from '../../../src/call/gate.ts';
import { UnansweredCalls } from '../../../src/call/request-target.ts';
import { Requester } from '../../../src/call/requester.ts';
import type { Situation } from '../../../src/call/situation.ts';
import { Slots } from '../../../src/call/slots.ts';
import { TaskBoard } from '../../../src/call/task-board.ts';
import type { Publication } from '../../../src/connection/publication.ts';
import type { CallError } from '../../../src/errors.ts';
import { RequestError, type RequestFailure, type RequestOptions } from '../../../src/link/link.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { planOf } from '../../ground/plans.ts';

/** Calls on a server that may ask a person, over a link that answers when it is told to. */
class Exchange {
  readonly clock = new SimulatedClock();
  readonly standstill = new Standstill(this.clock);
  readonly gate = new Gate(this.clock, 10);
  readonly slots = new Slots(this.clock, 1, 10);
  readonly sent: RequestOptions[] = [];
  readonly failures: RequestFailure[] = [];
  answer: () => void = () => {};
  readonly #requester: Requester;

  constructor(mayAsk = true) {
    const { clock } = this;
    const follow = () => Promise.reject(new Error('no call becomes a task'));
    const told = { retried: () => {}, unchecked: () => {}, follow };
    this.#requester = new Requester({ clock, random: () => 0.5, isHarmless: () => false, ...told, mayAsk });
    const served = () => {};
    const link = { request: (_method: string, _params: unknown, options: RequestOptions) => this.#send(options) };
    this.gate.open({
      server: 'files',
      epoch: 1,
      link,
      identity: { capabilities: { tools: {} } },
      served,
    } as unknown as Publication);
  }

  call(options: CallOptions = {}) {
    const { gate, slots, standstill } = this;
    const plan = planOf('files', {
      callTimeoutMs: 10_000,
      backoff: { baseMs: 4_000, factor: 1, maxMs: 4_000, retryAfterMaxMs: 4_000 },
    });
    const situation = (): Situation => ({ state: 'reconnecting', waitingFor: [], stderr: [] }) as unknown as Situation;
    const tasks = new TaskBoard();
    const target = {
      gate,
      slots,
      standstill,
      tasks,
      pages: new ExpectedPages(),
      plan,
      unanswered: new UnansweredCalls(),
      situation,
    };
    const end: { value?: unknown; error?: CallError; atMs?: number } = {};
    void this.#requester.request(target, 'tools/call', { name: 'add' }, options).then(
      (value) => Object.assign(end, { value, atMs: this.clock.monotonic() }),
      (error: unknown) => Object.assign(end, { error, atMs: this.clock.monotonic() }),
    );
    return end;
  }

  async #send(options: RequestOptions): Promise<unknown> {
    this.sent.push(options);
    const failure = this.failures.shift();
    if (failure !== undefined) throw new RequestError(failure);
    return await new Promise((resolve, reject) => {
      this.answer = () => resolve({ content: [] });
      options.signal?.addEventListener('abort', () => reject(new RequestError({ kind: 'aborted' })), { once: true });
    });
  }
}

let exchange = new Exchange();

afterEach(() => {
  expect(exchange.clock.pendingCount).toBe(0);
  exchange = new Exchange();
});

const LATE = { code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 1 };

describe('the deadline of a call whose server may ask a person', () => {
  it('is on the injected clock, and aborts the call on the link', async () => {
    const end = exchange.call({ timeoutMs: 700 });
    await exchange.clock.advance(699);
    expect(end).toEqual({});
    await exchange.clock.advance(1);
    expect(end).toMatchObject({ error: LATE, atMs: 700 });
    expect(exchange.sent[0]?.signal?.aborted).toBe(true);
  });

  it('stands still while a person is asked, and goes on with what was left', async () => {
    const end = exchange.call({ timeoutMs: 700 });
    await exchange.clock.advance(500);
    const resume = exchange.standstill.begin();
    await exchange.clock.advance(60_000);
    expect(end).toEqual({});
    resume();
    await exchange.clock.advance(199);
    expect(end).toEqual({});
    await exchange.clock.advance(1);
    expect(end).toMatchObject({ error: LATE, atMs: 60_700 });
  });

  it('stands still for a call that waits for its turn too, and says then what it waited for', async () => {
    exchange.call({ timeoutMs: 90_000 });
    const waiting = exchange.call({ timeoutMs: 700 });
    const resume = exchange.standstill.begin();
    await exchange.clock.advance(60_000);
    expect(waiting).toEqual({});
    resume();
    await exchange.clock.advance(700);
    expect(waiting).toMatchObject({ error: { code: 'CALL_TIMEOUT', outcome: 'not-sent' }, atMs: 60_700 });
    expect(waiting.error?.message).toContain('its turn');
    exchange.answer();
    await exchange.clock.settle();
  });

  it('bounds repetitions together, without the time that stood still', async () => {
    const refused: RequestFailure = { kind: 'fault', fault: { kind: 'stream-ended' }, outcome: 'not-sent' };
    exchange.failures.push(refused);
    const end = exchange.call({ timeoutMs: 10_000 });
    await exchange.clock.settle();
    const resume = exchange.standstill.begin();
    await exchange.clock.advance(30_000);
    resume();
    // The pause before the repetition passed meanwhile: of the deadline nothing is used up.
    expect(exchange.sent).toHaveLength(2);
    await exchange.clock.advance(9_999);
    expect(end).toEqual({});
    await exchange.clock.advance(1);
    expect(end).toMatchObject({ error: { code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 2 } });
  });

  it('leaves nothing behind when the call is answered', async () => {
    const { signal } = new AbortController();
    const end = exchange.call({ timeoutMs: 700, idleTimeoutMs: 300, signal });
    exchange.answer();
    await exchange.clock.settle();
    expect(end.value).toEqual({ content: [] });
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    exchange.standstill.begin()();
    expect(exchange.clock.pendingCount).toBe(0);
  });

  it('takes the caller for the one who aborted, when it was', async () => {
    const controller = new AbortController();
    const end = exchange.call({ timeoutMs: 700, signal: controller.signal });
    controller.abort(new Error('enough'));
    await exchange.clock.settle();
    expect(end.error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown' });

    const before = exchange.call({ signal: AbortSignal.abort(new Error('never')) });
    await exchange.clock.settle();
    expect(before.error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'not-sent' });
    expect(exchange.sent).toHaveLength(1);
  });
});

describe('the bound on silence', () => {
  it('fails a call that is silent for so long, its outcome unknown', async () => {
    const end = exchange.call({ timeoutMs: 5_000, idleTimeoutMs: 300 });
    await exchange.clock.advance(300);
    expect(end).toMatchObject({ error: LATE, atMs: 300 });
    expect(end.error?.message).toContain('300 ms');
  });

  it('begins anew with each progress, which does not extend the deadline', async () => {
    const told: number[] = [];
    const end = exchange.call({
      timeoutMs: 1_000,
      idleTimeoutMs: 300,
      onProgress: ({ progress }) => told.push(progress),
    });
    for (let step = 1; step <= 3; step += 1) {
      await exchange.clock.advance(290);
      exchange.sent[0]?.onProgress?.({ progress: step });
    }
    await exchange.clock.advance(129);
    expect([end, told]).toEqual([{}, [1, 2, 3]]);
    await exchange.clock.advance(1);
    expect(end).toMatchObject({ error: LATE, atMs: 1_000 });
  });

  it('stands still while a person is asked', async () => {
    const end = exchange.call({ timeoutMs: 5_000, idleTimeoutMs: 300 });
    const resume = exchange.standstill.begin();
    await exchange.clock.advance(60_000);
    expect(end).toEqual({});
    resume();
    await exchange.clock.advance(300);
    expect(end).toMatchObject({ error: LATE, atMs: 60_300 });
  });

  it('does not count while the call waits to be sent', async () => {
    exchange.gate.hold();
    const end = exchange.call({ timeoutMs: 5_000, idleTimeoutMs: 300 });
    await exchange.clock.advance(4_999);
    expect(end).toEqual({});
    await exchange.clock.advance(1);
    expect(end).toMatchObject({ error: { code: 'CALL_TIMEOUT', outcome: 'not-sent' } });
  });
});

describe('a call on a server that cannot ask, without a bound on silence', () => {
  it('leaves its deadline to the link and sets no timer', async () => {
    exchange = new Exchange(false);
    exchange.call({ timeoutMs: 700 });
    expect(exchange.sent[0]).toMatchObject({ timeoutMs: 700, signal: undefined });
    expect(exchange.clock.pendingCount).toBe(0);
  });
});
