/** Faults of the sockets between us and a server over HTTP that notices nothing of them. */

import { ECHO, LATE_ECHO, WAIT } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import {
  AT_ONCE,
  BUSY_HEARTBEAT,
  HEARTBEAT,
  HTTP,
  IDLE_HEARTBEAT,
  LATE,
  LIFE,
  lost,
  lostInCall,
  UNHARMED,
  within,
} from './terms.ts';

/**
 * The only stream of HTTP+SSE is its session; over Streamable HTTP a connection is one reply. The fault of the call is
 * that of its stream, or `unreachable` where the answer had not begun.
 */
const LOST = {
  sse: { ...lost('stream-ended'), call: 'CONNECTION_LOST unknown', executed: 1 },
  streamable_http: { states: [], call: 'CONNECTION_LOST unknown', executed: 1, within: AT_ONCE },
} as const;

const calm = ({ relay }: Scene) => relay.calm();

export const SOCKET: readonly FaultRow[] = [
  {
    id: 'socket:reset-idle',
    title: 'All connections are reset (RST) while nothing is asked of the server',
    on: HTTP,
    when: 'idle',
    relayed: true,
    strike: async ({ kind, relay, server }) => {
      if (kind === 'streamable_http') await server.control({ do: 'raw', text: 'retry: 20\n\n' });
      await relay.reset();
      // A call that meets a connection whose end is still on its way here is lost, its outcome unknown.
      await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 2);
    },
    sees: { sse: lost('stream-ended'), streamable_http: UNHARMED },
  },
  {
    id: 'socket:reset-in-call',
    title: 'All connections are reset (RST) while a call is under way',
    on: HTTP,
    when: 'call',
    relayed: true,
    call: WAIT,
    strike: ({ relay }) => relay.reset(),
    sees: LOST,
  },
  {
    id: 'socket:closed-in-call',
    title: 'All connections are closed (FIN) while a call is under way, as a proxy does that is restarted',
    on: HTTP,
    when: 'call',
    relayed: true,
    call: WAIT,
    strike: ({ relay }) => relay.cut(),
    sees: LOST,
  },
  {
    id: 'socket:reply-truncated',
    title: 'Half of the bytes of the answer arrive, and the connection is closed',
    on: HTTP,
    when: 'call',
    relayed: true,
    call: ECHO,
    strike: ({ relay }) => relay.truncate(),
    sees: {
      sse: { ...LOST.sse, executed: 'at most once' },
      streamable_http: LOST.streamable_http,
    },
  },
  {
    id: 'socket:half-open-idle',
    title: 'Connections stand and carry nothing any more (half-open) while nothing is asked of the server',
    on: HTTP,
    when: 'idle',
    relayed: true,
    settings: HEARTBEAT,
    strike: ({ relay }) => relay.stall(),
    cure: calm,
    sees: { ...lost('unresponsive'), within: IDLE_HEARTBEAT },
  },
  {
    id: 'socket:half-open-in-call',
    title: 'Connections stand and carry nothing any more (half-open) while a call is under way',
    on: HTTP,
    when: 'call',
    relayed: true,
    settings: HEARTBEAT,
    call: WAIT,
    strike: ({ relay }) => relay.stall(),
    cure: calm,
    sees: { ...lostInCall('unresponsive'), within: BUSY_HEARTBEAT },
  },
  {
    id: 'socket:one-way',
    title: 'What the server sends arrives no more, and what is sent to it does',
    on: HTTP,
    when: 'call',
    relayed: true,
    call: LATE_ECHO,
    strike: ({ relay }) => relay.stall({ direction: 'to-client' }),
    cure: calm,
    sees: LATE,
  },
  {
    id: 'socket:gone',
    title: 'All connections are reset, and new ones are refused for a while',
    on: HTTP,
    when: 'call',
    relayed: true,
    settings: HEARTBEAT,
    call: WAIT,
    strike: async ({ relay }) => {
      await relay.refuse();
      await relay.reset();
    },
    cure: async ({ relay, stand }) => {
      await stand.reached('reconnecting');
      await relay.accept();
    },
    sees: {
      sse: LOST.sse,
      streamable_http: {
        ...LOST.streamable_http,
        states: [['reconnecting: unreachable', 'reconnecting: stream-ended'], ...LIFE],
      },
    },
  },
  {
    id: 'socket:slow',
    title: 'Each byte takes 100 ms in each direction',
    on: HTTP,
    when: 'call',
    relayed: true,
    call: ECHO,
    strike: ({ relay }) => relay.delay(100),
    cure: calm,
    sees: { states: [], call: 'answered', within: within(600, 'the delay') },
  },
];
