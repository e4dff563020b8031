/** Faults of the session over HTTP, and of the stream of what the server sends unasked. */

import { equal, ok } from 'node:assert/strict';
import { ECHO, kill, revive, WAIT } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import { AT_ONCE, HTTP, LIFE, lost, lostInCall, SSE, STREAMABLE, UNHARMED, within } from './terms.ts';

/** What the server sends unasked still arrives. */
const stillPushed = async ({ server, stand }: Scene) => {
  await server.control({ do: 'grow-tools' });
  await stand.told((event) => event.type === 'catalog.changed' && event.added.length > 0);
};
/** The stream was opened again, in the session that was there before. */
const reopened = async (scene: Scene) => {
  const { server } = scene;
  await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 2);
  await stillPushed(scene);
  const sessions = server.journal.entries({ kind: 'request', verb: 'GET' }).map(({ sessionId }) => sessionId);
  equal(new Set(sessions).size, 1);
};
/** The next stream is opened at once. */
const hasten = ({ server }: Scene) => server.control({ do: 'raw', text: 'retry: 20\n\n' });
/** The call was sent again because the server had said that it did not take it on. */
const sentAgain = ({ stand }: Scene) =>
  ok(stand.events.some((event) => event.type === 'call.retried' && event.outcome === 'refused'));

export const SESSION: readonly FaultRow[] = [
  {
    id: 'session:forgotten',
    title: 'The server has forgotten the session (404) when a call comes',
    on: HTTP,
    when: 'call',
    call: ECHO,
    strike: ({ server }) => server.control({ do: 'forget-sessions' }),
    sees: { ...lost('session-lost'), call: 'answered' },
    also: sentAgain,
  },
  {
    id: 'session:bad-request',
    title: 'The server answers 400 to whatever names the session that it has forgotten',
    on: STREAMABLE,
    when: 'call',
    server: {
      faults: [
        { on: 'tools/call:echo', do: 'status', status: 400 },
        { on: 'ping', do: 'status', status: 400 },
      ],
    },
    call: ECHO,
    sees: { ...lost('session-lost'), call: 'answered' },
    also: sentAgain,
  },
  {
    id: 'session:server-restarted',
    title: 'The server was restarted, and knows no session, when a call comes',
    on: HTTP,
    when: 'call',
    call: ECHO,
    strike: async ({ kind, server, stand }) => {
      await server.kill();
      // With its only stream the client knows before any call does.
      if (kind === 'sse') await stand.reached('reconnecting');
      await server.revive();
    },
    sees: {
      sse: { ...lost('stream-ended'), call: 'answered' },
      streamable_http: {
        states: [['reconnecting: session-lost', 'reconnecting: stream-ended'], ...LIFE],
        call: 'answered',
        within: AT_ONCE,
      },
    },
  },
  {
    id: 'session:server-down',
    title: 'The server is down for a while, and has lost all sessions when it is back; a call waits for it',
    on: SSE,
    when: 'call',
    call: ECHO,
    strike: async ({ server, stand }) => {
      await server.kill();
      // Attempts meet nobody, again and again.
      await stand.told((event) => event.type === 'state.changed' && event.epoch >= 4);
      void server.revive();
    },
    sees: {
      ...lost('stream-ended'),
      call: 'answered',
      within: within(1_000, 'the server is back, and the backoff'),
    },
  },
  {
    id: 'session:renamed',
    title: 'Answers name another session than the one that was agreed on',
    on: STREAMABLE,
    when: 'call',
    call: ECHO,
    strike: ({ server }) => server.control({ set: { answeredSession: 'another-session' } }),
    sees: { states: [], call: 'answered', within: AT_ONCE },
  },
  {
    id: 'push:cut',
    title: 'The stream of what the server sends unasked ends cleanly',
    on: STREAMABLE,
    when: 'idle',
    strike: async (scene) => {
      await hasten(scene);
      await scene.server.control({ do: 'cut' });
    },
    sees: UNHARMED,
    also: reopened,
  },
  {
    id: 'push:reset',
    title: 'The stream of what the server sends unasked breaks',
    on: STREAMABLE,
    when: 'idle',
    strike: async (scene) => {
      await hasten(scene);
      await scene.server.control({ do: 'reset' });
    },
    sees: UNHARMED,
    also: reopened,
  },
  {
    id: 'push:missing',
    title: 'The server has no stream for what it sends unasked (405)',
    on: STREAMABLE,
    when: 'idle',
    server: { getStream: false },
    sees: UNHARMED,
  },
  {
    id: 'push:fails',
    title: 'The stream of what the server sends unasked cannot be opened (500)',
    on: STREAMABLE,
    when: 'idle',
    lasting: true,
    server: { faults: [{ on: 'GET', do: 'status', status: 500 }] },
    sees: UNHARMED,
  },
  {
    id: 'push:lost',
    title: 'The stream of what the server sends unasked ends, and cannot be opened again (500)',
    on: STREAMABLE,
    when: 'idle',
    strike: async (scene) => {
      await hasten(scene);
      await scene.server.control({ set: { faults: [{ on: 'GET', do: 'status', status: 500, times: 2 }] } });
      await scene.server.control({ do: 'cut' });
    },
    sees: lost('stream-ended'),
  },
  {
    id: 'push:storm',
    title: 'Each stream of what the server sends unasked says `retry: 0` and ends',
    on: STREAMABLE,
    when: 'idle',
    lasting: true,
    forever: true,
    server: { faults: [{ on: 'GET', do: 'retry-and-close' }] },
    sees: { ...lost('flooded'), within: within(1_500, '60 streams a minute') },
    also: ({ server }) => {
      const first = server.journal.entries({ kind: 'request', verb: 'GET' }).at(0)?.sessionId ?? '';
      ok(server.journal.entries({ kind: 'request', verb: 'GET', sessionId: first }).length <= 60);
    },
  },
  {
    id: 'stream:ends-idle',
    title: 'The only stream of messages ends cleanly',
    on: SSE,
    when: 'idle',
    strike: ({ server }) => server.control({ do: 'cut' }),
    sees: lost('stream-ended'),
    also: ({ server }) => equal(server.journal.entries({ kind: 'request', verb: 'GET' }).length, 2),
  },
  {
    id: 'stream:breaks-idle',
    title: 'The only stream of messages breaks',
    on: SSE,
    when: 'idle',
    strike: ({ server }) => server.control({ do: 'reset' }),
    sees: lost('stream-ended'),
  },
  {
    id: 'stream:storm',
    title: 'The stream says `retry: 0` and ends, whenever it is opened',
    on: SSE,
    when: 'connecting',
    lasting: true,
    server: { faults: [{ on: 'GET', do: 'retry-and-close' }] },
    settings: { parkAfterAttempts: 3 },
    sees: {
      states: [
        ...(['connecting', 'reconnecting: stream-ended'] as const),
        ...(['connecting', 'reconnecting: stream-ended'] as const),
        ...(['connecting', 'parked: stream-ended'] as const),
      ],
      call: 'SERVER_PARKED not-sent stream-ended',
      executed: 0,
      within: AT_ONCE,
      next: 'SERVER_PARKED not-sent stream-ended',
    },
    also: ({ server }) => equal(server.journal.entries({ kind: 'request', verb: 'GET' }).length, 3),
  },
  {
    id: 'stream:silent',
    title: 'The only stream of messages is silent for longer than `sseReadTimeoutMs`',
    on: SSE,
    when: 'call',
    call: WAIT,
    settings: { sseReadTimeoutMs: 300 },
    sees: { ...lostInCall('stream-silent'), within: within(300, '`sseReadTimeoutMs`') },
  },
  {
    id: 'session:delete-hangs',
    title: 'The end of the session (DELETE) is taken, and no answer begins',
    on: STREAMABLE,
    when: 'closing',
    server: { faults: [{ on: 'DELETE', do: 'hang-headers' }] },
    sees: { states: ['closed'], within: within(100, '`terminateTimeoutMs`') },
  },
  {
    id: 'session:delete-refused',
    title: 'The end of the session (DELETE) is refused (405)',
    on: STREAMABLE,
    when: 'closing',
    server: { faults: [{ on: 'DELETE', do: 'status', status: 405 }] },
    sees: { states: ['closed'], within: AT_ONCE },
  },
  {
    id: 'session:gone-when-closing',
    title: 'The server is down when its session is to be ended',
    on: STREAMABLE,
    when: 'closing',
    strike: kill,
    cure: revive,
    sees: { states: ['closed'], within: within(100, '`terminateTimeoutMs`') },
  },
];
