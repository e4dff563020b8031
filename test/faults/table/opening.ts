/** Faults of a server over HTTP that is opened: its port, its answers, its endpoint. */

import { equal, ok } from 'node:assert/strict';
import type { TransportKind } from '../../../src/index.ts';
import { openBlackHole } from '../../../src/testing/ports.ts';
import { startScripted } from '../../../src/testing/scripted.ts';
import { kill, revive } from './deeds.ts';
import type { FaultRow, PlayedFault, Scene, Sees, Step } from './row.ts';
import { AT_ONCE, CONNECT_TIMEOUT, HTTP, LIFE, QUICK_CONNECT, SSE, STREAMABLE } from './terms.ts';

/** The states until the answer to the first request: HTTP+SSE opens its stream, Streamable HTTP has nothing to open. */
const begun = (kind: TransportKind): readonly Step[] =>
  kind === 'sse' ? ['connecting'] : ['connecting', 'initializing'];
/** The request that opens. */
const opening = (kind: TransportKind) => (kind === 'sse' ? 'GET' : 'initialize');

type Curable =
  | 'headers-unavailable'
  | 'http-status'
  | 'malformed-message'
  | 'timed-out'
  | 'unreachable'
  | 'stream-ended'
  | 'reply-lost';
type Incurable = 'unauthorized' | 'foreign-redirect' | 'http-status';

const again = (fault: Curable, bound = AT_ONCE): Readonly<Record<'sse' | 'streamable_http', Sees>> => ({
  sse: { states: [...begun('sse'), `reconnecting: ${fault}`, ...LIFE], call: 'answered', within: bound },
  streamable_http: {
    states: [...begun('streamable_http'), `reconnecting: ${fault}`, ...LIFE],
    call: 'answered',
    within: bound,
  },
});

const hopeless = (fault: Incurable): Readonly<Record<'sse' | 'streamable_http', Sees>> => {
  const call = `SERVER_CLOSED not-sent ${fault}` as const;
  const rest = { call, executed: 0, within: AT_ONCE, next: call } as const;
  return {
    sse: { states: [...begun('sse'), `closed: ${fault}`], ...rest },
    streamable_http: { states: [...begun('streamable_http'), `closed: ${fault}`], ...rest },
  };
};

/** The server answers the request that opens with a status. */
function answered(
  status: number,
  title: string,
  sees: PlayedFault['sees'],
  more: Partial<PlayedFault> & { readonly headers?: Readonly<Record<string, string>> } = {},
): PlayedFault {
  const { headers, ...rest } = more;
  return {
    id: `opening:${status}`,
    title,
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({
      faults: [{ on: opening(kind), do: 'status', status, ...(headers === undefined ? {} : { headers }) }],
    }),
    sees,
    ...rest,
  };
}

const RETRY_AFTER = { 'retry-after': '1' } as const;
/** It came back no sooner than it was asked to. */
const obeyed = ({ stand }: Scene) => {
  const lost = stand.changes().find(({ to }) => to === 'reconnecting');
  ok((lost?.retryInMs ?? 0) >= 1_000);
};

export const OPENING: readonly FaultRow[] = [
  {
    id: 'port:refuses',
    title: 'Nothing listens on the port, until the server comes up',
    on: HTTP,
    when: 'connecting',
    prepare: kill,
    cure: revive,
    sees: again('unreachable'),
  },
  {
    id: 'port:silent',
    title: 'The port accepts connections and never says a word',
    on: HTTP,
    when: 'connecting',
    place: async (kind) => {
      const hole = await openBlackHole();
      const transport = kind === 'sse' ? 'sse' : 'streamable_http';
      return { config: { transport, url: hole.url }, [Symbol.asyncDispose]: () => hole.close() };
    },
    settings: { ...QUICK_CONNECT, parkAfterAttempts: 1 },
    neighbour: true,
    sees: {
      sse: {
        states: ['connecting', 'parked: timed-out'],
        call: 'SERVER_PARKED not-sent timed-out',
        within: CONNECT_TIMEOUT,
        next: 'SERVER_PARKED not-sent timed-out',
      },
      streamable_http: {
        states: ['connecting', 'initializing', 'parked: timed-out'],
        call: 'SERVER_PARKED not-sent timed-out',
        within: CONNECT_TIMEOUT,
        next: 'SERVER_PARKED not-sent timed-out',
      },
    },
  },
  answered(401, 'The server wants credentials (401)', hopeless('unauthorized'), { lasting: true }),
  answered(403, 'The server refuses access (403)', hopeless('unauthorized'), { lasting: true }),
  answered(404, 'There is no such endpoint (404)', hopeless('http-status'), { lasting: true }),
  answered(500, 'The server fails (500), once', again('http-status')),
  answered(429, 'The server has too much to do (429) and names a time', again('http-status'), {
    headers: RETRY_AFTER,
    also: obeyed,
  }),
  answered(503, 'The server is not there yet (503) and names a time', again('http-status'), {
    headers: RETRY_AFTER,
    also: obeyed,
  }),
  {
    id: 'redirect:same-origin',
    title: 'The server redirects within its origin (307)',
    on: HTTP,
    when: 'connecting',
    lasting: true,
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'redirect', to: 'same' }] }),
    sees: { states: LIFE, call: 'answered', within: AT_ONCE },
  },
  {
    id: 'redirect:foreign',
    title: 'The server redirects to another origin (307)',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'redirect', to: 'foreign' }] }),
    sees: hopeless('foreign-redirect'),
    lasting: true,
    also: ({ server }) =>
      equal(
        server.journal.entries({ kind: 'request' }).some(({ headers }) => headers?.['host']?.startsWith('localhost')),
        false,
      ),
  },
  {
    id: 'opening:wrong-type',
    title: 'A page of HTML comes back (a proxy, a login page), once',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({
      faults: [{ on: opening(kind), do: 'body', contentType: 'text/html', text: '<html>welcome</html>' }],
    }),
    sees: again('malformed-message'),
  },
  {
    id: 'opening:hung-headers',
    title: 'The request that opens is taken, and no answer begins',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'hang-headers' }] }),
    settings: QUICK_CONNECT,
    sees: again('timed-out', CONNECT_TIMEOUT),
    also: ({ server }) => server.journal.waitFor({ kind: 'dropped' }),
  },
  {
    id: 'opening:hung-body',
    title: 'An answer begins and never goes on: HTTP+SSE names no endpoint',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'hang-body' }] }),
    settings: QUICK_CONNECT,
    sees: again('timed-out', CONNECT_TIMEOUT),
    also: ({ server }) => server.journal.waitFor({ kind: 'dropped' }),
  },
  {
    id: 'opening:reset',
    title: 'The connection is broken before an answer begins, once',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'destroy' }] }),
    sees: again('unreachable'),
  },
  {
    id: 'opening:empty',
    title: 'The answer is empty: a stream that ends without a word, once',
    on: HTTP,
    when: 'connecting',
    server: (kind) => ({ faults: [{ on: opening(kind), do: 'body', text: '' }] }),
    sees: { sse: again('stream-ended').sse, streamable_http: again('reply-lost').streamable_http },
  },
  {
    id: 'opening:initialized-hangs',
    title: '`notifications/initialized` is taken, and no answer begins',
    on: HTTP,
    when: 'initializing',
    server: { faults: [{ on: 'notifications/initialized', do: 'hang-headers' }] },
    settings: QUICK_CONNECT,
    sees: {
      states: ['connecting', 'initializing', 'reconnecting: timed-out', ...LIFE],
      call: 'answered',
      within: CONNECT_TIMEOUT,
    },
  },
  {
    id: 'credentials:unavailable',
    title: 'The function that gives the headers throws, once',
    on: HTTP,
    when: 'connecting',
    launch: (config) => {
      if (config.transport === 'stdio') return config;
      let isFirst = true;
      const headers = () => {
        if (!isFirst) return { authorization: 'Bearer late' };
        isFirst = false;
        throw new Error('the vault is locked');
      };
      return { ...config, headers };
    },
    sees: again('headers-unavailable'),
  },
  {
    id: 'endpoint:foreign',
    title: 'The stream names an endpoint of another origin',
    on: SSE,
    when: 'connecting',
    server: { endpoint: 'foreign' },
    sees: { sse: hopeless('foreign-redirect').sse },
    also: ({ server }) => equal(server.journal.entries({ kind: 'request', verb: 'POST' }).length, 0),
  },
  {
    id: 'endpoint:malformed',
    title: 'The stream names an endpoint that is no URL, once',
    on: SSE,
    when: 'connecting',
    server: { faults: [{ on: 'GET', do: 'body', text: 'event: endpoint\ndata: http://[\n\n' }] },
    sees: { sse: again('malformed-message').sse },
  },
  {
    id: 'url:of-sse',
    title: 'The URL is that of an HTTP+SSE server, and `transport` says Streamable HTTP',
    on: STREAMABLE,
    when: 'initializing',
    place: async () => {
      const server = await startScripted('sse');
      return {
        config: { transport: 'streamable_http', url: server.url },
        [Symbol.asyncDispose]: () => server.stop(),
      };
    },
    sees: { streamable_http: hopeless('http-status').streamable_http },
  },
];
