import { afterEach, describe, expect, it } from 'vitest';
import { Requester } from '../../../src/call/requester.ts';
import type { ServerEntry } from '../../../src/catalog/server-entry.ts';
import { limitsOf } from '../../../src/config/limits.ts';
import type { CallError } from '../../../src/errors.ts';
import type { Fault } from '../../../src/fault.ts';
import { type Link, RequestError, type RequestFailure } from '../../../src/link/link.ts';
import { LiveSession } from '../../../src/session/live-session.ts';
import { SessionVerbs } from '../../../src/session/session-verbs.ts';
import { Listing } from '../../ground/listing.ts';

const LOST: Fault = { kind: 'stream-ended' };
const REFUSED: RequestFailure = { kind: 'server-error', code: -32_602, message: 'no' };
const EVERYTHING = { logging: {}, resources: { subscribe: true } };

/** A server whose session is declared by the verbs. */
class Stage {
  readonly listing = new Listing();
  readonly entry: ServerEntry = this.listing.add('files');
  readonly sent: string[] = [];
  readonly verbs: SessionVerbs;
  /** How the next requests end; without one they are answered. */
  readonly failures: (RequestFailure | 'lost')[] = [];
  #live: LiveSession | undefined;

  constructor() {
    const { clock } = this.listing;
    const follow = () => Promise.reject(new Error('no call becomes a task'));
    const told = { retried: () => {}, unchecked: () => {}, follow };
    this.verbs = new SessionVerbs(
      clock,
      new Requester({ clock, random: () => 0.5, isHarmless: () => false, ...told, mayAsk: false }),
    );
  }

  /** An epoch serves. */
  async serve(capabilities: object = EVERYTHING): Promise<void> {
    const { entry, listing } = this;
    let end: (fault: Fault) => void = () => {};
    const ended = new Promise<Fault>((resolve) => {
      end = resolve;
    });
    const request = async (method: string, params: { uri?: string; level?: string }) => {
      this.sent.push([method, params.uri ?? params.level].join(' '));
      const failure = this.failures.shift();
      if (failure === 'lost') {
        end(LOST);
        await listing.clock.settle();
        throw new RequestError({ kind: 'fault', fault: LOST, outcome: 'unknown' });
      }
      if (failure !== undefined) throw new RequestError(failure);
      return { contents: [{ uri: params.uri, text: 'text' }] };
    };
    const link = { ended, request, rootsChanged: async () => void this.sent.push('roots changed') } as unknown as Link;
    const live = new LiveSession({
      asker: { server: 'files', epoch: 1, questions: entry.questions, limits: limitsOf({}) },
      declared: entry.session,
      tasks: entry.tasks,
      clock: listing.clock,
      limits: entry.plan.limits,
      scrub: (text) => text,
      readTimeoutMs: 1_000,
      signal: new AbortController().signal,
      notify: () => {},
      elicitation: undefined,
    });
    const publication = listing.publish('files');
    const identity = { ...publication.identity, capabilities };
    listing.directory.publish({ ...publication, link, identity });
    await live.restore(link, identity, 1_000);
    live.published();
    this.#live = live;
    await listing.clock.settle();
  }

  end(): void {
    this.#live?.end();
  }

  get declared(): unknown[] {
    const { loggingLevel, resources } = this.entry.session;
    return [loggingLevel, ...resources.map(({ uri }) => uri)];
  }
}

let stage = new Stage();

async function errorOf(promise: Promise<unknown>): Promise<CallError> {
  return await promise.then(
    () => Promise.reject(new Error('it resolved')),
    (error: CallError) => error,
  );
}

afterEach(() => {
  stage.end();
  expect(stage.listing.clock.pendingCount).toBe(0);
  stage = new Stage();
});

describe('declaring', () => {
  it('is applied at once on a ready server, and a subscribed resource is read', async () => {
    await stage.serve();
    await stage.verbs.setLoggingLevel(stage.entry, 'error');
    await stage.verbs.subscribe(stage.entry, 'a');
    await stage.listing.clock.settle();
    expect(stage.sent).toEqual(['logging/setLevel error', 'resources/subscribe a', 'resources/read a']);
    expect(stage.declared).toEqual(['error', 'a']);
    expect(stage.entry.session.resource('a')?.digest).toBeDefined();
  });

  it('is kept for the next epoch on a server that comes back', async () => {
    await stage.verbs.setLoggingLevel(stage.entry, 'error');
    await stage.verbs.subscribe(stage.entry, 'a');
    await stage.verbs.setRoots(stage.entry, [{ uri: 'file:///a' }]);
    expect([stage.sent, stage.declared]).toEqual([[], ['error', 'a']]);
    await stage.serve();
    expect(stage.sent.slice(0, 2)).toEqual(['logging/setLevel error', 'resources/subscribe a']);
  });

  it('is accepted of a parked server, and not of a closed one', async () => {
    stage.listing.change('files', 'reconnecting', { parked: true, cause: LOST });
    await stage.verbs.subscribe(stage.entry, 'a');
    expect(stage.declared).toEqual([undefined, 'a']);

    stage.listing.change('files', 'closed', { cause: LOST });
    for (const vain of [
      stage.verbs.subscribe(stage.entry, 'b'),
      stage.verbs.unsubscribe(stage.entry, 'a'),
      stage.verbs.setLoggingLevel(stage.entry, 'error'),
      stage.verbs.setRoots(stage.entry, []),
    ]) {
      expect(await errorOf(vain)).toMatchObject({ code: 'SERVER_CLOSED', outcome: 'not-sent', fault: LOST });
    }
    expect(stage.declared).toEqual([undefined, 'a']);
  });

  it('declares nothing when it rejects', async () => {
    await stage.serve();
    await stage.verbs.setLoggingLevel(stage.entry, 'error');
    stage.failures.push(REFUSED, { kind: 'timed-out' });
    expect(await errorOf(stage.verbs.setLoggingLevel(stage.entry, 'debug'))).toMatchObject({
      code: 'SERVER_ERROR',
      outcome: 'failed-by-server',
      rpcCode: -32_602,
      server: 'files',
    });
    expect(await errorOf(stage.verbs.subscribe(stage.entry, 'a'))).toMatchObject({
      code: 'CALL_TIMEOUT',
      outcome: 'unknown',
    });
    expect(stage.declared).toEqual(['error']);
  });

  it('again of a resource that is subscribed asks again, and an error takes nothing back', async () => {
    await stage.serve();
    await stage.verbs.subscribe(stage.entry, 'a');
    await stage.listing.clock.settle();
    stage.failures.push(REFUSED);
    expect((await errorOf(stage.verbs.subscribe(stage.entry, 'a'))).code).toBe('SERVER_ERROR');
    expect(stage.declared).toEqual([undefined, 'a']);
  });

  it('holds when the epoch ends meanwhile: the next one brings it back', async () => {
    await stage.serve();
    stage.failures.push('lost');
    await stage.verbs.subscribe(stage.entry, 'a');
    expect(stage.declared).toEqual([undefined, 'a']);
  });

  it('is refused where the server is known not to offer it', async () => {
    await stage.serve({ resources: {} });
    for (const vain of [stage.verbs.subscribe(stage.entry, 'a'), stage.verbs.setLoggingLevel(stage.entry, 'error')]) {
      expect(await errorOf(vain)).toMatchObject({ code: 'CAPABILITY_MISSING', outcome: 'not-sent', epoch: 1 });
    }
    expect([stage.sent, stage.declared]).toEqual([[], [undefined]]);
  });

  it('is taken back at once, whatever the server says to it', async () => {
    await stage.serve();
    await stage.verbs.unsubscribe(stage.entry, 'a');
    expect(stage.sent).toEqual([]);
    await stage.verbs.subscribe(stage.entry, 'a');
    await stage.listing.clock.settle();
    stage.failures.push(REFUSED);
    expect((await errorOf(stage.verbs.unsubscribe(stage.entry, 'a'))).code).toBe('SERVER_ERROR');
    expect(stage.declared).toEqual([undefined]);
  });

  it('of one resource keeps its order', async () => {
    await stage.serve();
    const turns = [
      stage.verbs.subscribe(stage.entry, 'a'),
      stage.verbs.unsubscribe(stage.entry, 'a'),
      stage.verbs.subscribe(stage.entry, 'a'),
    ];
    await Promise.all(turns);
    expect(stage.sent.filter((what) => !what.includes('read'))).toEqual([
      'resources/subscribe a',
      'resources/unsubscribe a',
      'resources/subscribe a',
    ]);
    expect(stage.declared).toEqual([undefined, 'a']);
  });

  it('of roots tells the server', async () => {
    await stage.serve();
    await stage.verbs.setRoots(stage.entry, [{ uri: 'file:///a' }]);
    expect([stage.sent, stage.entry.session.roots]).toEqual([['roots changed'], [{ uri: 'file:///a' }]]);
  });
});

describe('reading', () => {
  it('remembers what a subscribed resource holds', async () => {
    await stage.serve();
    await stage.verbs.subscribe(stage.entry, 'a');
    await stage.listing.clock.settle();
    const resource = stage.entry.session.resource('a');
    if (resource !== undefined) resource.digest = undefined;
    await stage.verbs.read(stage.entry, 'a', {});
    expect(resource?.digest).toBeDefined();
  });

  it('is refused where the server is known to have no resources', async () => {
    await stage.serve({ tools: {} });
    expect(await errorOf(stage.verbs.read(stage.entry, 'a', {}))).toMatchObject({ code: 'CAPABILITY_MISSING' });
  });
});
