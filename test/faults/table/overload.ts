/** Faults of too much: servers that have too much to do, that ask for too much, and callers that want too much. */

import { ok } from 'node:assert/strict';
import { written } from '../../ground/garbage.ts';
import { ECHO, kill, stop } from './deeds.ts';
import type { FaultRow, PlayedFault, Scene } from './row.ts';
import { ALL, AT_ONCE, HTTP, LIFE, lost, lostInCall, STDIO, UNHARMED, within } from './terms.ts';

/** The server answers a call with a status. */
function busy(status: 429 | 503, retryAfter: string | undefined): Pick<PlayedFault, 'on' | 'when' | 'server' | 'call'> {
  const headers = retryAfter === undefined ? undefined : { headers: { 'retry-after': retryAfter } };
  return {
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'status', status, ...headers }] },
    call: ECHO,
  };
}

const REQUESTS = Array.from({ length: 400 }, (_, at) => `{"jsonrpc":"2.0","id":"server-${at}","method":"ping"}`);

/** Lists are bounded, whatever the server says about them. */
const fewLists = ({ server }: Scene) => ok(server.journal.executions('tools/list') < 10);

export const OVERLOAD: readonly FaultRow[] = [
  {
    id: 'busy:429-retry-after',
    title: 'A call is refused with 429 and `Retry-After`',
    ...busy(429, '1'),
    sees: { states: [], call: 'answered', within: within(1_000, '`Retry-After`') },
  },
  {
    id: 'busy:503-retry-after',
    title: 'A call is refused with 503 and `Retry-After`',
    ...busy(503, '0'),
    sees: { states: [], call: 'answered', within: within(0, '`Retry-After`') },
  },
  {
    id: 'busy:retry-after-too-late',
    title: 'A call is refused with 503 and a `Retry-After` beyond its deadline',
    ...busy(503, '60'),
    sees: { states: [], call: 'CALL_REFUSED refused http-status', executed: 0, within: AT_ONCE },
  },
  {
    id: 'busy:429',
    title: 'A call is refused with 429, and no time is named',
    ...busy(429, undefined),
    sees: { states: [], call: 'CALL_REFUSED refused http-status', executed: 0, within: AT_ONCE },
  },
  {
    id: 'busy:503',
    title: 'A call is answered with 503, and no time is named: a proxy may say so of a call that ran',
    ...busy(503, undefined),
    sees: { states: [], call: 'CONNECTION_LOST unknown http-status', executed: 0, within: AT_ONCE },
  },
  {
    id: 'queue:full',
    title: 'One call more waits for the server than may (`maxQueued`)',
    on: ALL,
    when: 'call',
    settings: { maxQueued: 0, backoff: { baseMs: 2_000, factor: 1, maxMs: 2_000 } },
    call: ECHO,
    strike: async ({ server, stand }) => {
      await kill({ server } as Scene);
      await stand.reached('reconnecting');
    },
    cure: async ({ server, stand }) => {
      await server.revive();
      stand.mcp.retryServer('one');
      await stand.reached('ready', 2);
    },
    sees: {
      stdio: { ...lost('process-exited'), call: 'QUEUE_FULL not-sent', executed: 0 },
      sse: { ...lost('stream-ended'), call: 'QUEUE_FULL not-sent', executed: 0 },
      streamable_http: {
        states: [['reconnecting: stream-ended', 'reconnecting: unreachable'], ...LIFE],
        call: 'QUEUE_FULL not-sent',
        executed: 0,
        within: within(3_500, 'three attempts to open the general stream'),
      },
    },
  },
  {
    id: 'calls:too-many',
    title: 'One call more is made than may be under way and wait (`maxConcurrent`, `maxQueued`)',
    on: ALL,
    when: 'call',
    settings: { maxConcurrent: 1, maxQueued: 0 },
    call: { tool: 'add', args: { a: 1, b: 1 } },
    strike: async ({ stand, server, beside }) => {
      beside.push(stand.mcp.callTool('one', 'wait'));
      await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    },
    cure: ({ server }) => server.control({ do: 'release' }),
    // The one that was executed is the one under way.
    sees: { states: [], call: 'QUEUE_FULL not-sent', executed: 1, within: AT_ONCE },
  },
  {
    id: 'write:stalled',
    title: 'The server reads nothing, and a call is larger than its pipe',
    on: STDIO,
    when: 'call',
    settings: { limits: { writeTimeoutMs: 200 } },
    strike: stop,
    call: { tool: 'echo', args: { text: 'x'.repeat(1_000_000) } },
    sees: { ...lostInCall('write-stalled'), executed: 0, within: within(200, '`limits.writeTimeoutMs`') },
  },
  {
    id: 'requests:flood',
    title: 'The server sends 400 requests of its own at once (`limits.maxServerRequests` are answered at a time)',
    on: ALL,
    when: 'idle',
    strike: ({ kind, server }) =>
      server.control({ do: 'raw', text: REQUESTS.map((request) => written(kind, request)).join('') }),
    sees: { ...lost('flooded'), within: within(1_500, '`limits.maxServerRequests`') },
  },
  {
    id: 'pages:endless',
    title: 'Each page of the list of tools names one more',
    on: ALL,
    when: 'initializing',
    server: { endlessPages: true },
    settings: { parkAfterAttempts: 1 },
    neighbour: true,
    sees: {
      states: ['connecting', 'initializing', 'parked: flooded'],
      call: 'SERVER_PARKED not-sent flooded',
      executed: 0,
      within: within(1_000, '64 pages'),
      next: 'SERVER_PARKED not-sent flooded',
    },
    also: ({ server }) => ok(server.journal.executions('tools/list') <= 64),
  },
  {
    id: 'pages:same-cursor',
    title: 'The second page of the list of tools names itself as the next',
    on: ALL,
    when: 'initializing',
    server: {
      faults: [{ on: 'tools/list', do: 'result', result: { tools: [], nextCursor: 'again' }, times: 2, lives: [1] }],
    },
    sees: {
      states: ['connecting', 'initializing', 'reconnecting: flooded', ...LIFE],
      call: 'answered',
      within: AT_ONCE,
    },
  },
  {
    id: 'notifications:flood',
    title: 'The server says 2 000 times that its tools changed',
    on: ALL,
    when: 'idle',
    strike: ({ server }) => server.control({ do: 'notify', method: 'notifications/tools/list_changed', times: 2_000 }),
    sees: UNHARMED,
    also: fewLists,
  },
  {
    id: 'notifications:changed',
    title: 'The list of tools changes while nobody asks',
    on: ALL,
    when: 'idle',
    strike: async ({ server, stand }) => {
      await server.control({ do: 'grow-tools' });
      await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
    },
    sees: UNHARMED,
    also: ({ stand }) => ok(stand.mcp.listTools('one')['one']?.some(({ name }) => name === 'grown-1')),
  },
];
