/** The looks at a task, on a clock that moves when it is told to, over a link whose answers are scripted. */

import { describe, expect, it } from 'vitest';
import { ExpectedPages } from '../../../src/asking/expected-pages.ts';
import { Standstill } from '../../../src/asking/standstill.ts';
import { Gate } from '../../../src/call/gate.ts';
import { UnansweredCalls } from '../../../src/call/request-target.ts';
import { Requester } from '../../../src/call/requester.ts';
import type { Situation } from '../../../src/call/situation.ts';
import { Slots } from '../../../src/call/slots.ts';
import { TaskBoard } from '../../../src/call/task-board.ts';
import type { Publication } from '../../../src/connection/publication.ts';
import { CallError } from '../../../src/errors.ts';
import { RequestError, type RequestFailure, type SessionObserver } from '../../../src/link/link.ts';
import type { RemoteTask, TaskQuestion } from '../../../src/link/remote-task.ts';
import { ServerTask } from '../../../src/task/server-task.ts';
import type { TaskState } from '../../../src/task/task.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { planOf } from '../../ground/plans.ts';

const SITUATION = { state: 'closed', waitingFor: [], stderr: [] } as unknown as Situation;
const RESULT = { content: [{ type: 'text' as const, text: 'found' }] };
const ERROR: RequestFailure = { kind: 'server-error', code: -32_603, message: 'busy' };
const UNKNOWN: RequestFailure = { kind: 'server-error', code: -32_602, message: 'no such task' };

type Said = Partial<RemoteTask> | RequestFailure;

/** One task on one server. What is sent is written down with its time. */
class Bench {
  readonly clock = new SimulatedClock();
  readonly sent: string[] = [];
  readonly gate = new Gate(this.clock, 10);
  readonly tasks = new TaskBoard();
  /** What each look is told; the last for ever. */
  states: Said[] = [{}];
  /** What the requests beside looks are told, in order; nothing for a good answer. */
  readonly failures: RequestFailure[] = [];
  readonly task: ServerTask;

  constructor(created: Partial<RemoteTask> | undefined = {}) {
    const { clock, gate, tasks } = this;
    const requester = new Requester({
      clock,
      random: () => 0.5,
      isHarmless: () => false,
      retried: () => {},
      unchecked: () => {},
      mayAsk: true,
      follow: () => Promise.reject(new Error('no plain call is made')),
    });
    const target = {
      gate,
      tasks,
      slots: new Slots(clock, Number.POSITIVE_INFINITY, 10),
      standstill: new Standstill(clock),
      pages: new ExpectedPages(),
      plan: planOf('files', { callTimeoutMs: 10_000 }),
      unanswered: new UnansweredCalls(),
      situation: () => SITUATION,
    };
    this.serve(1);
    this.task = new ServerTask({ clock, requester, target, id: 't' }, created && stateOf(created));
  }

  serve(epoch: number): void {
    const link = { request: (method: string, params: object) => this.#answer(method, params) };
    this.gate.open({
      server: 'files',
      epoch,
      link,
      identity: { capabilities: { tools: {} } },
      served: () => {},
    } as unknown as Publication);
  }

  /** Wait for the result; how that ends is read from what is returned. */
  waiting(options: Parameters<ServerTask['result']>[0] = {}) {
    const end: { value?: unknown; error?: CallError; atMs?: number } = {};
    void this.task.result(options).then(
      (value) => Object.assign(end, { value, atMs: this.clock.monotonic() }),
      (error: unknown) => Object.assign(end, { error, atMs: this.clock.monotonic() }),
    );
    return end;
  }

  /** When looks were made. */
  get looksAtMs(): number[] {
    return this.sent.filter((each) => each.endsWith('tasks/get')).map((each) => Number.parseInt(each, 10));
  }

  async #answer(method: string, params: object): Promise<unknown> {
    const more = 'inputResponses' in params ? ` ${JSON.stringify(params.inputResponses)}` : '';
    this.sent.push(`${Math.round(this.clock.monotonic())} ${method}${more}`);
    if (method === 'tasks/get') {
      const said = this.states.length > 1 ? this.states.shift() : this.states[0];
      if (said !== undefined && 'kind' in said) throw new RequestError(said);
      return stateOf(said ?? {});
    }
    const failure = this.failures.shift();
    if (failure !== undefined) throw new RequestError(failure);
    return method === 'tasks/result' ? RESULT : {};
  }
}

function stateOf(said: Partial<RemoteTask>): RemoteTask {
  return { id: 't', status: 'working', ttlMs: null, ...said };
}

describe('a task that is waited for', () => {
  it('is looked at when its server wants it, within our bounds', async () => {
    const bench = new Bench({ pollIntervalMs: 2_000 });
    bench.states = [{ pollIntervalMs: 0 }, { pollIntervalMs: 1e12 }, { status: 'completed' }];
    const end = bench.waiting();

    await bench.clock.advance(400_000);

    expect(bench.sent).toEqual(['2000 tasks/get', '2100 tasks/get', '302100 tasks/get', '302100 tasks/result']);
    expect(end.value).toEqual(RESULT);
    expect(bench.clock.pendingCount).toBe(0);
  });

  it('is looked at more and more slowly where its server says nothing', async () => {
    const bench = new Bench();
    bench.waiting();

    await bench.clock.advance(60_000);

    expect(bench.looksAtMs.map((atMs, index) => atMs - (bench.looksAtMs[index - 1] ?? 0))).toEqual([
      1_000, 1_500, 2_250, 3_375, 5_063, 7_593, 11_391, 15_000,
    ]);
  });

  it('is looked at once at a time, however many wait, and not at all when nobody does', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    bench.states = [{ pollIntervalMs: 1_000 }];
    const controller = new AbortController();
    const ends = [bench.waiting({ signal: controller.signal }), bench.waiting({ timeoutMs: 2_500 })];
    const updates = bench.task.updates();
    void updates.next();
    await bench.clock.advance(2_600);
    expect(bench.looksAtMs).toEqual([1_000, 2_000]);

    controller.abort();
    await updates.return?.();
    await bench.clock.advance(10_000);

    expect(bench.looksAtMs).toEqual([1_000, 2_000]);
    expect(ends.map(({ error }) => [error?.code, error?.outcome, error?.taskId])).toEqual([
      ['CALL_ABORTED', 'unknown', 't'],
      ['CALL_TIMEOUT', 'unknown', 't'],
    ]);
    expect(bench.clock.pendingCount).toBe(0);
  });

  it('is not waited for when its time is over, after one last look', async () => {
    const bench = new Bench({ ttlMs: 2_500, pollIntervalMs: 1_000 });
    bench.states = [{ ttlMs: 2_500, pollIntervalMs: 1_000 }];
    const end = bench.waiting();

    await bench.clock.advance(100_000);

    expect(bench.looksAtMs).toEqual([1_000, 2_000, 2_500]);
    expect([end.error?.code, end.error?.outcome, end.atMs]).toEqual(['TASK_EXPIRED', 'unknown', 2_500]);
    expect(bench.clock.pendingCount).toBe(0);
  });

  it('has the time that its server says last', async () => {
    const bench = new Bench({ ttlMs: 1_500, pollIntervalMs: 1_000 });
    bench.states = [{ ttlMs: 60_000, pollIntervalMs: 1_000 }, {}, { status: 'completed' }];
    const end = bench.waiting();

    await bench.clock.advance(10_000);

    expect(end.value).toEqual(RESULT);
  });

  it('is not waited for any longer than a day where its server says no end', async () => {
    const bench = new Bench({ pollIntervalMs: 300_000 });
    bench.states = [{ pollIntervalMs: 300_000 }];
    const end = bench.waiting();

    await bench.clock.advance(86_400_000);

    expect(end.error?.code).toBe('TASK_EXPIRED');
    expect(bench.looksAtMs).toHaveLength(288);
    bench.states = [{ pollIntervalMs: 300_000 }, { status: 'completed' }];
    const again = bench.waiting();
    await bench.clock.advance(700_000);
    expect(again.value).toEqual(RESULT);
  });

  it('survives looks that say nothing of it, but not three in a row', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    bench.states = [ERROR, ERROR, { pollIntervalMs: 1_000 }, ERROR, ERROR, ERROR];
    const end = bench.waiting();

    await bench.clock.advance(60_000);

    expect(bench.looksAtMs).toEqual([1_000, 2_000, 3_000, 4_000, 5_000, 6_000]);
    expect(end.error).toMatchObject({ code: 'SERVER_ERROR', outcome: 'unknown', taskId: 't', rpcCode: -32_603 });
  });

  it('is unknown as soon as its server says so', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    bench.states = [UNKNOWN];
    const end = bench.waiting();

    await bench.clock.advance(1_000);

    expect(end.error).toMatchObject({ code: 'TASK_UNKNOWN', outcome: 'unknown', taskId: 't' });
  });

  it('is looked at once in each least pause, however often its server says that it changed', async () => {
    const bench = new Bench({ pollIntervalMs: 60_000 });
    bench.states = [{ pollIntervalMs: 60_000 }];
    bench.waiting();

    for (let count = 0; count < 100; count += 1) {
      bench.tasks.told('t');
      bench.tasks.told('another');
      await bench.clock.advance(10);
    }

    expect(bench.looksAtMs.length).toBeGreaterThanOrEqual(9);
    expect(bench.looksAtMs.length).toBeLessThanOrEqual(10);
  });

  it('ends with its server, at once and without a timer', async () => {
    const bench = new Bench({ pollIntervalMs: 60_000 });
    const removed = () => new CallError('SERVER_REMOVED', 'removed', { server: 'files', outcome: 'not-sent' });
    const end = bench.waiting();
    const update = bench.task.updates();
    await update.next();
    const next = update.next().catch((error: unknown) => error);

    bench.tasks.shut(removed);
    bench.gate.shut(removed);
    await bench.clock.settle();

    expect(end.error).toMatchObject({ code: 'SERVER_REMOVED', outcome: 'unknown', taskId: 't' });
    expect(await next).toMatchObject({ code: 'SERVER_REMOVED' });
    expect(bench.clock.pendingCount).toBe(0);
    const late = bench.waiting();
    await bench.clock.settle();
    expect(late.error).toMatchObject({ code: 'SERVER_REMOVED' });
    expect(bench.clock.pendingCount).toBe(0);
  });
});

describe('the result of a task that has ended', () => {
  it('is asked for once, and again where it was not got', async () => {
    const bench = new Bench({ status: 'completed' });
    bench.failures.push({ kind: 'invalid-reply', detail: 'half' });

    await expect(bench.task.result()).rejects.toMatchObject({ code: 'REPLY_INVALID', outcome: 'unknown', taskId: 't' });
    await expect(bench.task.result()).resolves.toEqual(RESULT);
    await expect(bench.task.result()).resolves.toEqual(RESULT);
    expect(bench.sent).toEqual(['0 tasks/result', '0 tasks/result']);
  });

  it('is unknown where the state says so too', async () => {
    const bench = new Bench({ status: 'completed' });
    bench.failures.push(UNKNOWN);
    bench.states = [UNKNOWN];

    await expect(bench.task.result()).rejects.toMatchObject({ code: 'TASK_UNKNOWN' });
  });

  it('does not change any more, whatever arrives late', async () => {
    const bench = new Bench({ status: 'completed' });
    bench.states = [{ status: 'working' }];
    await bench.task.status();

    await expect(bench.task.result()).resolves.toEqual(RESULT);
  });
});

describe('the states of a task', () => {
  it('are told when they change, the newest to whoever was slow', async () => {
    const bench = new Bench({ message: 'a', pollIntervalMs: 1_000 });
    const said = (message: string): Said => ({ message, pollIntervalMs: 1_000 });
    bench.states = [said('a'), said('b'), said('c'), { status: 'completed', message: 'd' }];
    const seen: (string | undefined)[] = [];
    const updates: AsyncIterator<TaskState, undefined> = bench.task.updates();
    const take = async () => {
      const { value } = await updates.next();
      seen.push(value?.message);
    };
    await take();
    const second = take();
    await bench.clock.advance(2_000);
    await second;
    await bench.clock.advance(10_000);
    await take();
    await take();

    expect(seen).toEqual(['a', 'b', 'd', undefined]);
  });
});

describe('a question of a task', () => {
  const QUESTION: TaskQuestion = { method: 'elicitation/create', params: { message: 'which?' } };
  const asking = (...keys: string[]): Said => ({
    status: 'input_required',
    pollIntervalMs: 1_000,
    questions: Object.fromEntries(keys.map((key) => [key, QUESTION])),
  });

  function answering(bench: Bench): { asked: number } {
    const count = { asked: 0 };
    bench.tasks.answers = {
      elicit: async () => {
        count.asked += 1;
        return { action: 'decline' };
      },
    } as unknown as SessionObserver;
    return count;
  }

  it('is answered once, however often it is shown', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    const count = answering(bench);
    bench.states = [asking('a'), asking('a', 'b'), asking('a', 'b'), { status: 'completed' }];
    bench.waiting();

    await bench.clock.advance(10_000);

    expect(count.asked).toBe(2);
    expect(bench.sent.filter((each) => each.includes('update'))).toEqual([
      '1000 tasks/update {"a":{"action":"decline"}}',
      expect.stringContaining('{"b":{"action":"decline"}}'),
    ]);
  });

  it('is answered in a new epoch that shows it again, without asking anybody again', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    const count = answering(bench);
    bench.states = [asking('a')];
    bench.waiting();
    await bench.clock.advance(3_000);

    bench.serve(2);
    await bench.clock.advance(5_000);

    expect(count.asked).toBe(1);
    expect(bench.sent.filter((each) => each.includes('update'))).toHaveLength(2);
  });

  it('is answered again with what was said where the answer did not arrive', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    const count = answering(bench);
    bench.states = [asking('a')];
    bench.failures.push(ERROR);
    bench.waiting();

    await bench.clock.advance(5_000);

    expect(count.asked).toBe(1);
    expect(bench.sent.filter((each) => each.includes('update'))).toHaveLength(2);
  });

  it('is one of a hundred at most', async () => {
    const bench = new Bench({ pollIntervalMs: 1_000 });
    const count = answering(bench);
    const keys = Array.from({ length: 60 }, (_, index) => String(index));
    bench.states = [asking(...keys), asking(...keys.map((key) => `more ${key}`))];
    bench.waiting();

    await bench.clock.advance(10_000);

    expect(count.asked).toBe(100);
  });
});

describe('the server of a task in the initialize era', () => {
  it('is waited for while it wants to ask, and looked at meanwhile', async () => {
    const bench = new Bench({ status: 'input_required', pollIntervalMs: 1_000 });
    bench.states = [{ status: 'input_required', pollIntervalMs: 1_000 }, { status: 'completed' }];
    const end = bench.waiting();

    await bench.clock.advance(10_000);

    expect(bench.sent).toEqual(['1000 tasks/get', '1000 tasks/result', '1100 tasks/get']);
    expect(end.value).toEqual(RESULT);
  });
});
