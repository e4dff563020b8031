import { afterEach, describe, expect, it } from 'vitest';
import { ServerQuestions } from '../../../src/asking/server-questions.ts';
import { TaskBoard } from '../../../src/call/task-board.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import type { Fault } from '../../../src/fault.ts';
import {
  type Link,
  RequestError,
  type RequestFailure,
  type RequestOptions,
  type ServerIdentity,
} from '../../../src/link/link.ts';
import type { ListEvent } from '../../../src/listing/list-event.ts';
import { DeclaredSession } from '../../../src/session/declared-session.ts';
import { LiveSession, type LiveSessionSetup } from '../../../src/session/live-session.ts';
import type { SessionEvent } from '../../../src/session/session-event.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

/** The text of a resource, how a request ends, or that it does not. */
type Answer = string | RequestFailure | typeof HANGS;

const HANGS = Symbol('hangs');

const EVERYTHING = { logging: {}, resources: { subscribe: true } };

/** A session whose epoch is over when the session is, as an epoch aborts its signal before it releases anything. */
class EpochOfItsOwn extends LiveSession {
  readonly #over: AbortController;

  constructor(over: AbortController, setup: LiveSessionSetup) {
    super(setup);
    this.#over = over;
  }

  override withdrawn(): void {
    this.#over.abort();
    super.withdrawn();
  }
}

/** One server's declared session over any number of epochs, whose links answer as they are told. */
class Stage {
  readonly clock = new SimulatedClock();
  readonly declared = new DeclaredSession({});
  readonly events: (SessionEvent | ListEvent)[] = [];
  readonly sent: string[] = [];
  /** The text of each resource, or how reading it ends; by `method uri` what another request ends with. */
  readonly answers = new Map<string, Answer>();
  readonly budgetMs = 2_000;
  capabilities: Partial<ServerIdentity['capabilities']> = EVERYTHING;
  end: (fault: Fault) => void = () => {};
  #epoch = 0;

  /** Begin an epoch, and bring its session to the declared state. */
  begin(): { session: LiveSession; restored: Promise<unknown> | undefined } {
    this.#epoch += 1;
    const { clock, declared, events } = this;
    const over = new AbortController();
    const session = new EpochOfItsOwn(over, {
      asker: { server: 'files', epoch: this.#epoch, questions: new ServerQuestions(clock), limits: limitsOf({}) },
      declared,
      tasks: new TaskBoard(),
      clock,
      limits: limitsOf({ limits: { updatePauseMs: 100, maxComparedBytes: 1_000, maxLogsPerSecond: 10 } }),
      scrub: (text) => text,
      readTimeoutMs: 60_000,
      signal: over.signal,
      notify: (event) => events.push(event),
      elicitation: undefined,
    });
    const ended = new Promise<Fault>((resolve) => {
      this.end = resolve;
    });
    void ended.then(() => over.abort());
    const link = {
      ended,
      request: (method: string, params: { uri?: string; level?: string }, options: RequestOptions) =>
        this.#answer([method, params.uri ?? params.level].join(' '), options),
      rootsChanged: async () => void this.sent.push('roots changed'),
    } as unknown as Link;
    return {
      session,
      restored: session.restore(link, { capabilities: this.capabilities } as ServerIdentity, this.budgetMs),
    };
  }

  /** One whole epoch up to `ready`. */
  async serve(): Promise<LiveSession> {
    const { session, restored } = this.begin();
    await restored;
    session.published();
    await this.clock.settle();
    return session;
  }

  /** What was told, in short. */
  get told(): unknown[] {
    return this.events.map((event) => {
      if (event.type === 'resource.updated')
        return `${event.epoch} ${event.missed ? 'missed' : 'updated'} ${event.uri}`;
      if (event.type !== 'session.restored') return event.type;
      const failed = event.failed.map(({ what, uri, reason }) => `${uri ?? what} ${reason}`);
      return { epoch: event.epoch, level: event.loggingLevel, back: event.subscriptions, failed };
    });
  }

  async #answer(what: string, { signal, timeoutMs }: RequestOptions): Promise<unknown> {
    this.sent.push(what);
    const answer = this.answers.get(what) ?? this.answers.get(what.replace('resources/read ', '')) ?? 'text';
    if (answer === HANGS) {
      return await new Promise((_, reject) => {
        const timer = this.clock.setTimeout(() => reject(new RequestError({ kind: 'timed-out' })), timeoutMs);
        signal?.addEventListener('abort', () => {
          this.clock.clearTimeout(timer);
          reject(new RequestError({ kind: 'aborted' }));
        });
      });
    }
    if (typeof answer !== 'string') throw new RequestError(answer);
    return { contents: [{ uri: what, text: answer }] };
  }
}

let stage = new Stage();
let sessions: LiveSession[] = [];

async function serve(): Promise<LiveSession> {
  sessions.at(-1)?.end();
  const session = await stage.serve();
  sessions.push(session);
  return session;
}

afterEach(() => {
  for (const session of sessions) session.end();
  expect(stage.clock.pendingCount).toBe(0);
  stage = new Stage();
  sessions = [];
});

const ERROR: RequestFailure = { kind: 'server-error', code: -32_603, message: 'no' };

describe('bringing a session back', () => {
  it('says nothing where nothing was declared', async () => {
    await serve();
    expect([stage.sent, stage.told]).toEqual([[], []]);
  });

  it('sets the level, then subscribes, before the epoch serves; then reads', async () => {
    stage.declared.loggingLevel = 'error';
    for (const uri of ['a', 'b']) stage.declared.subscribe(uri);
    const { session, restored } = stage.begin();
    sessions.push(session);
    await restored;
    expect(stage.sent).toEqual(['logging/setLevel error', 'resources/subscribe a', 'resources/subscribe b']);
    expect(stage.told).toEqual([{ epoch: 1, level: 'error', back: ['a', 'b'], failed: [] }]);
    expect(stage.declared.live).toBeUndefined();
    session.published();
    await stage.clock.settle();
    expect(stage.sent.slice(3)).toEqual(['resources/read a', 'resources/read b']);
    expect(stage.declared.live).toBe(session);
  });

  it('tells what it cannot bring back, each by its reason, and brings back the rest', async () => {
    stage.declared.loggingLevel = 'error';
    for (const uri of ['a', 'b', 'c', 'd']) stage.declared.subscribe(uri);
    stage.answers.set('logging/setLevel error', ERROR);
    stage.answers.set('resources/subscribe b', ERROR);
    stage.answers.set('resources/subscribe c', { kind: 'invalid-reply', detail: 'x' });
    await serve();
    const failed = ['loggingLevel refused', 'b refused', 'c failed'];
    expect(stage.told[0]).toEqual({ epoch: 1, level: undefined, back: ['a', 'd'], failed });
    stage.answers.clear();
    await serve();
    expect(stage.told.at(-1)).toEqual({ epoch: 2, level: 'error', back: ['a', 'b', 'c', 'd'], failed: [] });
  });

  it('skips what the server does not offer any more', async () => {
    stage.declared.loggingLevel = 'error';
    stage.declared.subscribe('a');
    stage.capabilities = {};
    await serve();
    expect(stage.sent).toEqual([]);
    const failed = ['loggingLevel unsupported', 'a unsupported'];
    expect(stage.told).toEqual([{ epoch: 1, level: undefined, back: [], failed }]);
  });

  it('does not wait longer than it may, and goes on while the epoch serves', async () => {
    for (const uri of ['a', 'b']) stage.declared.subscribe(uri);
    stage.answers.set('resources/subscribe a', HANGS);
    const { session, restored } = stage.begin();
    sessions.push(session);
    let atMs: number | undefined;
    void restored?.then(() => {
      atMs = stage.clock.monotonic();
      session.published();
    });
    await stage.clock.advance(10_000);
    expect(atMs).toBe(stage.budgetMs);
    expect(stage.told[0]).toEqual({ epoch: 1, level: undefined, back: ['b'], failed: ['a timed-out'] });
  });

  it('has at most eight requests under way', async () => {
    for (let index = 0; index < 20; index += 1) {
      stage.declared.subscribe(`${index}`);
      stage.answers.set(`resources/subscribe ${index}`, HANGS);
    }
    sessions.push(stage.begin().session);
    await stage.clock.settle();
    expect(stage.sent).toHaveLength(8);
    sessions[0]?.end();
    await stage.clock.settle();
    expect([stage.sent.length, stage.told]).toEqual([8, []]);
  });

  it('leaves out what the host asks for, or gives up, while others are brought back', async () => {
    const hanging = Array.from({ length: 8 }, (_, index) => `hangs ${index}`);
    for (const uri of [...hanging, 'asked for', 'given up', 'left']) stage.declared.subscribe(uri);
    for (const uri of hanging) stage.answers.set(`resources/subscribe ${uri}`, HANGS);
    const { session } = stage.begin();
    sessions.push(session);
    await session.request('resources/subscribe', { uri: 'asked for' }, 1_000);
    stage.declared.unsubscribe('given up');
    const before = stage.sent.length;

    await stage.clock.advance(10_000);

    expect(stage.sent.slice(before)).toEqual(['resources/subscribe left']);
    const failed = hanging.map((uri) => `${uri} timed-out`);
    expect(stage.told).toEqual([{ epoch: 1, level: undefined, back: ['left'], failed }]);
  });

  it('brings back what is declared between its step and publication', async () => {
    const { session, restored } = stage.begin();
    sessions.push(session);
    await restored;
    stage.declared.subscribe('a');
    stage.declared.loggingLevel = 'debug';
    session.published();
    await stage.clock.settle();
    expect(stage.sent.slice(0, 2)).toEqual(['logging/setLevel debug', 'resources/subscribe a']);
  });

  it('tells the server of roots that changed while it was being initialized', async () => {
    stage.declared.roots = [{ uri: 'file:///a' }];
    const { session, restored } = stage.begin();
    sessions.push(session);
    expect(session.observer.roots?.()).toEqual([{ uri: 'file:///a' }]);
    stage.declared.roots = [{ uri: 'file:///b' }];
    await restored;
    session.published();
    expect(stage.sent).toEqual(['roots changed']);
  });
});

describe('updates', () => {
  /** A subscribed resource that was read once. */
  async function subscribed(uri = 'a'): Promise<LiveSession> {
    const session = await serve();
    stage.declared.subscribe(uri);
    await session.noteContent(uri);
    stage.events.length = 0;
    return session;
  }

  it('missed in the gap are told, once, and no others', async () => {
    await subscribed('a');
    stage.declared.subscribe('b');
    await stage.declared.live?.noteContent('b');
    stage.answers.set('a', 'changed');
    await serve();
    expect(stage.told.slice(1)).toEqual(['2 missed a']);
    await serve();
    expect(stage.told.slice(3)).toEqual([]);
  });

  it.each([
    ['cannot be read any more', ERROR],
    ['is too large to be compared', 'x'.repeat(1_001)],
  ])('of a resource that %s are told as missed', async (_what, answer) => {
    await subscribed();
    stage.answers.set('a', answer);
    await serve();
    expect(stage.told).toContain('2 missed a');
  });

  it('that were told are told again after a gap, unless the resource was read since', async () => {
    const first = await subscribed();
    first.observer.resourceUpdated('a');
    const second = await serve();
    expect(stage.told).toContain('2 missed a');

    second.observer.resourceUpdated('a');
    await second.noteContent('a');
    stage.events.length = 0;
    await serve();
    expect(stage.told).not.toContain('3 missed a');
  });

  it('told while the resource is read leave it unknown: the reading may be older', async () => {
    const session = await subscribed();
    stage.answers.set('a', HANGS);
    const reading = session.noteContent('a');
    session.observer.resourceUpdated('a');
    await stage.clock.advance(60_000);
    await reading;
    expect(stage.declared.resource('a')?.digest).toBeUndefined();
  });

  it('are not told of a reading that its epoch did not live to see', async () => {
    await subscribed();
    stage.answers.set('a', HANGS);
    await serve();
    stage.end({ kind: 'stream-ended' });
    await stage.clock.settle();
    expect(stage.told).not.toContain('2 missed a');
    stage.answers.delete('a');
    await serve();
    expect(stage.told).not.toContain('3 missed a');
  });

  it('missed while the stream of the server was broken are told in the same epoch, whatever breaks again', async () => {
    const session = await subscribed('a');
    stage.answers.set('a', 'changed');
    session.observer.listening();
    session.observer.listening();
    await stage.clock.settle();
    session.observer.listening();
    await stage.clock.settle();
    expect(stage.told).toEqual(['1 missed a']);
    expect(stage.sent.filter((what) => what === 'resources/read a')).toHaveLength(3);
  });

  it('are not told of a resource whose first reading is under way', async () => {
    const session = await serve();
    const resource = stage.declared.subscribe('a');
    let noted = () => {};
    resource.noting = new Promise((resolve) => {
      noted = resolve;
    });
    session.observer.listening();
    await stage.clock.settle();
    await session.noteContent('a');
    noted();
    await stage.clock.settle();
    expect(stage.told).toEqual([]);
    expect(stage.sent).toEqual(['resources/read a', 'resources/read a']);
  });

  it('are not told of a reading that was not carried, before it was tried again', async () => {
    await subscribed();
    const lost: RequestFailure = {
      kind: 'fault',
      fault: { kind: 'unreachable', errno: 'ECONNRESET' },
      outcome: 'unknown',
    };
    stage.answers.set('a', lost);
    await serve();
    expect(stage.told).not.toContain('2 missed a');
    stage.answers.delete('a');
    await stage.clock.advance(1_000);
    expect(stage.told).not.toContain('2 missed a');

    stage.answers.set('a', lost);
    await serve();
    await stage.clock.advance(2_999);
    expect(stage.told).not.toContain('3 missed a');
    await stage.clock.advance(1);
    expect(stage.told).toContain('3 missed a');
  });

  it('of what is not subscribed are nobody’s business', async () => {
    const session = await subscribed('a');
    session.observer.resourceUpdated('b');
    stage.declared.unsubscribe('a');
    session.observer.resourceUpdated('a');
    expect(stage.told).toEqual([]);
  });

  it('that wait for their pause are told when the epoch ends, except of what was given up', async () => {
    const session = await subscribed('a');
    stage.declared.subscribe('b');
    for (const uri of ['a', 'a', 'b', 'b']) session.observer.resourceUpdated(uri);
    stage.declared.unsubscribe('b');
    session.end();
    expect(stage.told).toEqual(['1 updated a', '1 updated b', '1 updated a']);
  });

  it('still come in while calls are drained, when nothing more is asked for', async () => {
    const session = await subscribed('a');
    session.withdrawn();
    session.observer.resourceUpdated('a');
    expect(stage.told).toEqual(['1 updated a']);
    expect([session.isOver, stage.declared.live]).toEqual([true, undefined]);
  });
});
