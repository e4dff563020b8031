/** Faults of a server that is there and says nothing, or says no more than that. */

import { equal } from 'node:assert/strict';
import { ECHO, LATE_ECHO, WAIT } from './deeds.ts';
import type { FaultRow, Scene, Sees } from './row.ts';
import { ALL, AT_ONCE, BUSY_HEARTBEAT, HEARTBEAT, HTTP, IDLE_HEARTBEAT, LATE, lost, lostInCall } from './terms.ts';

const REFUSED: Sees = { states: [], call: 'CALL_REFUSED refused unauthorized', executed: 0, within: AT_ONCE };

/** Only the life that runs now: the one that comes after it speaks. */
const fallSilent = ({ server }: Scene) => {
  const faults = ['ping', 'tools/list'].map((on) => ({ on, do: 'never' as const, lives: [1] }));
  return server.control({ set: { faults } });
};
const speakAgain = ({ kind, server }: Scene) =>
  kind === 'stdio' ? undefined : server.control({ set: { faults: [] } });

export const SILENCE: readonly FaultRow[] = [
  {
    id: 'request:ignored',
    title: 'A request is read, and neither executed nor answered',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'never' }] },
    call: LATE_ECHO,
    sees: { ...LATE, executed: 0 },
  },
  {
    id: 'answers:none-idle',
    title: 'Nothing is answered any more, signs of life included, while nothing is asked of the server',
    on: ALL,
    when: 'idle',
    settings: HEARTBEAT,
    strike: fallSilent,
    cure: speakAgain,
    sees: { ...lost('unresponsive'), within: IDLE_HEARTBEAT },
  },
  {
    id: 'answers:none-in-call',
    title: 'Nothing is answered any more, signs of life included, while the server executes a call',
    on: ALL,
    when: 'call',
    settings: HEARTBEAT,
    call: WAIT,
    strike: fallSilent,
    cure: speakAgain,
    sees: { ...lostInCall('unresponsive'), within: BUSY_HEARTBEAT },
  },
  {
    id: 'ping:unanswered',
    title: 'The server leaves `ping` alone and answers a list: it lives, and is asked for lists from then on',
    on: ALL,
    when: 'idle',
    lasting: true,
    settings: HEARTBEAT,
    server: { faults: [{ on: 'ping', do: 'never' }] },
    strike: ({ server }) => server.journal.waitFor({ kind: 'executed', method: 'tools/list' }, 3),
    sees: { states: [], within: { ms: 3_000, by: '`heartbeat`' } },
  },
  {
    id: 'ping:unknown',
    title: 'The server does not know `ping` (-32601): that is a sign of life too',
    on: ALL,
    when: 'idle',
    lasting: true,
    settings: HEARTBEAT,
    server: { faults: [{ on: 'ping', do: 'error', code: -32_601 }] },
    strike: ({ server }) => server.journal.waitFor({ kind: 'message', method: 'ping' }),
    sees: { states: [], within: AT_ONCE },
  },
  {
    id: 'credentials:expired',
    title: 'The credentials are no longer accepted (401) when a call comes',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'status', status: 401 }] },
    call: ECHO,
    sees: REFUSED,
  },
  {
    id: 'credentials:insufficient',
    title: 'The credentials do not allow this call (403)',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'status', status: 403 }] },
    call: ECHO,
    sees: REFUSED,
  },
  {
    id: 'redirect:foreign-in-call',
    title: 'A call is redirected to another origin',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'redirect', to: 'foreign' }] },
    call: ECHO,
    sees: { states: [], call: 'CALL_REFUSED refused foreign-redirect', executed: 0, within: AT_ONCE },
    also: ({ server }) =>
      equal(
        server.journal.entries({ kind: 'request' }).some(({ headers }) => headers?.['host']?.startsWith('localhost')),
        false,
      ),
  },
  {
    id: 'server:fails',
    title: 'A call is answered with 500: it may have run',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'status', status: 500 }] },
    call: ECHO,
    sees: { states: [], call: 'CONNECTION_LOST unknown http-status', executed: 0, within: AT_ONCE },
  },
];
