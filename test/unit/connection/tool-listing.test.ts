import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { limitsOf } from '../../../src/config/limits.ts';
import { fetchTools } from '../../../src/connection/tool-listing.ts';
import { FaultError } from '../../../src/fault.ts';
import { type Link, RequestError, type RequestFailure, type ServerIdentity } from '../../../src/link/link.ts';
import type { SignOfLife } from '../../../src/link/sign-of-life.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { toolNamed } from '../../ground/scripted-server.ts';

const LIMITS = limitsOf({
  limits: {
    listTimeoutMs: 1_000,
    maxPages: 3,
    maxListEntries: 5,
    maxEntryBytes: 500,
    maxEntryDepth: 20,
    maxListBytes: 2_000,
  },
});

interface Page {
  readonly names: readonly string[];
  readonly next?: string;
}

/** A link that answers with pages, by cursor; the page without a cursor is `first`. */
function linkWith(pages: Readonly<Record<string, Page>>, capabilities: ServerCapabilities = { tools: {} }) {
  const asked: string[] = [];
  const identity = { capabilities } as ServerIdentity;
  const link = {
    request: async (_method: string, params: { cursor?: string }) => {
      asked.push(params.cursor ?? 'first');
      const page = pages[params.cursor ?? 'first'];
      return {
        entries: (page?.names ?? []).map((name) => toolNamed(name)),
        toEntry: (value: unknown) => value,
        ...(page?.next === undefined ? undefined : { nextCursor: page.next }),
      };
    },
    alive: async (_timeoutMs: number, _signal?: AbortSignal, sign?: SignOfLife) => void asked.push(sign ?? 'ping'),
  } as unknown as Link;
  const clock = new SimulatedClock();
  const fetch = () => fetchTools(link, identity, { clock, limits: LIMITS }, new AbortController().signal);
  return { asked, fetch };
}

/** A link that answers with one page of whatever is given; strings are no tools. */
function listing(entries: readonly unknown[]) {
  const link = {
    request: async () => ({
      entries,
      toEntry: (value: unknown) => (typeof value === 'string' ? undefined : value),
    }),
  } as unknown as Link;
  const identity = { capabilities: { tools: {} } } as ServerIdentity;
  const context = { clock: new SimulatedClock(), limits: LIMITS };
  return { fetch: () => fetchTools(link, identity, context, new AbortController().signal) };
}

function linkFailing(failure: unknown, hasTools = true) {
  const fail = () => Promise.reject(failure);
  const link = { request: fail, alive: fail } as unknown as Link;
  const identity = { capabilities: hasTools ? { tools: {} } : {} } as ServerIdentity;
  return fetchTools(link, identity, { clock: new SimulatedClock(), limits: LIMITS }, new AbortController().signal);
}

describe('the tools of a server', () => {
  it('gives up a server with more tools than anybody can use, over all pages', async () => {
    const { asked, fetch } = linkWith({
      first: { names: ['a', 'b', 'c'], next: 'second' },
      second: { names: ['d', 'e', 'f'], next: 'third' },
    });

    await expect(fetch()).rejects.toMatchObject({ fault: { kind: 'flooded', what: 'tools' } });
    expect(asked).toEqual(['first', 'second']);
  });

  it('are fetched over all pages, in order', async () => {
    const { asked, fetch } = linkWith({ first: { names: ['a', 'b'], next: '2' }, 2: { names: ['c'] } });

    const tools = await fetch();

    expect(tools.entries.map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    expect(asked).toEqual(['first', '2']);
  });

  it('may fill exactly as many pages as are allowed', async () => {
    const { fetch } = linkWith({
      first: { names: ['a'], next: '2' },
      2: { names: ['b'], next: '3' },
      3: { names: ['c'] },
    });

    expect((await fetch()).entries).toHaveLength(3);
  });

  it('are refused when there is one page more than allowed, without asking for it', async () => {
    const page = (next: string) => ({ names: [], next });
    const { asked, fetch } = linkWith({ first: page('2'), 2: page('3'), 3: page('4'), 4: { names: [] } });

    await expect(fetch()).rejects.toMatchObject({ fault: { kind: 'flooded' } });
    expect(asked).toEqual(['first', '2', '3']);
  });

  it('lose the ones that are none or too much, and nothing else', async () => {
    const { fetch } = listing([
      toolNamed('good'),
      'no tool',
      { name: 'deep', inputSchema: JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`) },
      { name: 'large', description: 'x'.repeat(600) },
      toolNamed('better'),
    ]);

    const { entries, rejected } = await fetch();

    expect(entries.map(({ name }) => name)).toEqual(['good', 'better']);
    expect(rejected).toEqual([
      { name: '', reason: 'invalid' },
      { name: 'deep', reason: 'too-deep' },
      { name: 'large', reason: 'too-large' },
    ]);
  });

  it('are refused when all of them together are too much', async () => {
    const { fetch } = listing(Array.from({ length: 5 }, (_, n) => ({ name: `${n}`, description: 'x'.repeat(450) })));

    await expect(fetch()).rejects.toMatchObject({ fault: { kind: 'flooded', what: 'bytes of tools' } });
  });

  it('have one deadline for all pages together', async () => {
    const clock = new SimulatedClock();
    const timeouts: number[] = [];
    const link = {
      request: async (_method: string, _params: object, { timeoutMs }: { timeoutMs: number }) => {
        timeouts.push(timeoutMs);
        await clock.advance(400);
        return { entries: [], nextCursor: `${timeouts.length}` };
      },
    } as unknown as Link;
    const identity = { capabilities: { tools: {} } } as ServerIdentity;

    await fetchTools(link, identity, { clock, limits: LIMITS }, new AbortController().signal).catch(() => {});

    expect(timeouts).toEqual([1_000, 600, 200]);
  });

  it('are refused when a cursor comes twice', async () => {
    const { asked, fetch } = linkWith({ first: { names: [], next: '2' }, 2: { names: [], next: '2' } });

    await expect(fetch()).rejects.toMatchObject({ fault: { kind: 'flooded' } });
    expect(asked).toEqual(['first', '2']);
  });

  it('follow an empty cursor like any other', async () => {
    const { asked, fetch } = linkWith({ first: { names: ['a'], next: '' }, '': { names: ['b'] } });

    expect((await fetch()).entries).toHaveLength(2);
    expect(asked).toEqual(['first', '']);
  });

  it('are none, proven by one round trip, for a server that has no tools', async () => {
    const { asked, fetch } = linkWith({}, {});

    expect((await fetch()).entries).toEqual([]);
    expect(asked).toEqual(['ping']);
  });

  it.each<[ServerCapabilities, SignOfLife]>([
    [{ prompts: {} }, 'prompts/list'],
    [{ resources: {}, logging: {} }, 'resources/list'],
    [{ resources: {}, prompts: {} }, 'prompts/list'],
  ])('are none, proven by another list where there is one: some servers know no ping (%o)', async (offered, sign) => {
    const { asked, fetch } = linkWith({}, offered);

    expect((await fetch()).entries).toEqual([]);
    expect(asked).toEqual([sign]);
  });

  it.each<[RequestFailure, string]>([
    [{ kind: 'fault', fault: { kind: 'stream-ended' }, outcome: 'unknown' }, 'stream-ended'],
    [{ kind: 'timed-out' }, 'timed-out'],
    [{ kind: 'aborted' }, 'closed'],
    [{ kind: 'server-error', code: -32_603, message: 'no' }, 'handshake-refused'],
    [{ kind: 'invalid-reply', detail: 'ZodError' }, 'malformed-message'],
  ])('fail by a fault when the request fails: %j', async (failure, kind) => {
    for (const hasTools of [true, false]) {
      const error = await linkFailing(new RequestError(failure), hasTools).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(FaultError);
      expect(error).toMatchObject({ fault: { kind } });
    }
  });

  it('fail by what was thrown when that is a defect', async () => {
    const defect = new TypeError('a defect');

    await expect(linkFailing(defect)).rejects.toBe(defect);
  });
});
