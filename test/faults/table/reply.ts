/** Faults of one reply, while the server lives and its connection holds: lost, late, wrong, or never wanted any more. */

import { equal } from 'node:assert/strict';
import { commit, ECHO, LATE_ECHO, WAIT } from './deeds.ts';
import type { CallPlan, FaultRow, Scene } from './row.ts';
import { ALL, AT_ONCE, CALL_MS, HTTP, LATE, lostInCall, REPLY_LOST, STREAMABLE, within } from './terms.ts';

/** The server was told that nobody waits any more. */
const told = ({ server }: Scene) => server.journal.waitFor({ kind: 'cancelled' });
/** The socket on which the answer would have come was given up. */
const dropped = ({ server }: Scene) => server.journal.waitFor({ kind: 'dropped', method: 'tools/call' });
const committedOnce = ({ server }: Scene) => equal(server.journal.entries({ kind: 'committed' }).length, 1);

const PROGRESS: CallPlan = {
  tool: 'progress',
  args: { steps: 10_000, ms: 20 },
  underWay: { kind: 'executed', name: 'progress' },
};

export const REPLY: readonly FaultRow[] = [
  {
    id: 'reply:stream-ends',
    title: 'The tool has its effect, and the stream of the reply ends cleanly without it',
    on: ALL,
    when: 'call',
    call: commit('cut'),
    sees: {
      stdio: lostInCall('pipe-closed'),
      sse: lostInCall('stream-ended'),
      streamable_http: REPLY_LOST,
    },
    also: committedOnce,
  },
  {
    id: 'reply:stream-breaks',
    title: 'The tool has its effect, and the stream of the reply breaks',
    on: ALL,
    when: 'call',
    call: commit('reset'),
    sees: {
      stdio: lostInCall('process-exited'),
      sse: lostInCall('stream-ended'),
      streamable_http: REPLY_LOST,
    },
    also: committedOnce,
  },
  {
    id: 'reply:never',
    title: 'The tool has its effect, and the reply never comes',
    on: ALL,
    when: 'call',
    call: commit('hang'),
    sees: LATE,
    also: async (scene) => {
      committedOnce(scene);
      await told(scene);
    },
  },
  {
    id: 'reply:late',
    title: 'The reply comes after the deadline of the call',
    on: ALL,
    when: 'call',
    call: { tool: 'sleep', args: { ms: 10_000 }, timeoutMs: CALL_MS },
    sees: LATE,
    also: told,
  },
  {
    id: 'reply:late-beside-another',
    title: 'One call meets its deadline while another one is under way, which is answered',
    on: ALL,
    when: 'call',
    call: {
      tool: 'sleep',
      args: { ms: 10_000 },
      timeoutMs: CALL_MS,
      underWay: { kind: 'executed', name: 'sleep' },
    },
    settings: { callTimeoutMs: 10_000 },
    strike: async ({ stand, server }) => {
      const other = stand.mcp.callTool('one', 'wait');
      await server.journal.waitFor({ kind: 'executed', name: 'wait' });
      await server.journal.waitFor({ kind: 'cancelled' });
      await server.control({ do: 'release' });
      await other;
    },
    sees: { ...LATE, executed: 2 },
  },
  {
    id: 'reply:aborted',
    title: 'The caller aborts the call',
    on: ALL,
    when: 'call',
    call: WAIT,
    strike: ({ abort }) => abort.abort(),
    sees: { states: [], call: 'CALL_ABORTED unknown', executed: 1, within: AT_ONCE },
    also: told,
  },
  {
    id: 'reply:error',
    title: 'The reply is a JSON-RPC error',
    on: ALL,
    when: 'call',
    call: { tool: 'fail', args: { how: 'rpc' } },
    sees: { states: [], call: 'SERVER_ERROR failed-by-server', executed: 1, within: AT_ONCE },
  },
  {
    id: 'reply:wrong-shape',
    title: 'The result has the wrong shape',
    on: ALL,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'result', result: { content: 'no list' } }] },
    call: ECHO,
    sees: { states: [], call: 'REPLY_INVALID unknown', executed: 0, within: AT_ONCE },
  },
  {
    id: 'progress:then-death',
    title: 'Progress comes, and then the server is killed',
    on: ['stdio', 'sse'],
    when: 'call',
    call: PROGRESS,
    strike: async ({ progressed, server }) => {
      await progressed;
      await server.kill();
    },
    cure: ({ server }) => server.revive(),
    sees: {
      stdio: lostInCall('process-exited'),
      sse: lostInCall('stream-ended'),
    },
  },
  {
    id: 'progress:endless',
    title: 'Progress comes again and again, and the reply never does',
    on: ALL,
    when: 'call',
    call: { ...PROGRESS, timeoutMs: CALL_MS },
    sees: LATE,
    also: told,
  },
  {
    id: 'answer:hung-headers',
    title: 'The request is taken, and no answer begins',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'hang-headers' }] },
    call: LATE_ECHO,
    sees: { ...LATE, executed: 0 },
    also: dropped,
  },
  {
    id: 'answer:hung-body',
    title: 'The answer begins and never goes on',
    on: STREAMABLE,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'hang-body' }] },
    call: LATE_ECHO,
    sees: { ...LATE, executed: 0 },
    also: dropped,
  },
  {
    id: 'answer:silent-stream',
    title: 'The stream of the reply is silent for longer than `sseReadTimeoutMs`',
    on: STREAMABLE,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'hang-body' }] },
    settings: { sseReadTimeoutMs: 250 },
    call: ECHO,
    sees: {
      states: [],
      call: 'CONNECTION_LOST unknown stream-silent',
      executed: 0,
      within: within(250, '`sseReadTimeoutMs`'),
    },
  },
  {
    id: 'answer:reset',
    title: 'The connection is broken before an answer begins',
    on: HTTP,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'destroy' }] },
    call: ECHO,
    sees: { states: [], call: 'CONNECTION_LOST unknown unreachable', executed: 0, within: AT_ONCE },
  },
  {
    id: 'resumption:works',
    title: 'The stream of the reply is cut, and its events had ids: the reply is fetched',
    on: STREAMABLE,
    when: 'call',
    server: {
      primed: true,
      retryMs: 20,
      faults: [{ on: 'tools/call:echo', do: 'cut-and-go-on' }],
    },
    call: ECHO,
    sees: { states: [], call: 'answered', within: AT_ONCE },
  },
  {
    id: 'resumption:refused',
    title: 'The stream of the reply is cut, its events had ids, and going on is refused (500)',
    on: STREAMABLE,
    when: 'call',
    server: { primed: true, retryMs: 20 },
    call: WAIT,
    strike: async ({ server }) => {
      await server.control({ set: { faults: [{ on: 'GET', do: 'status', status: 500 }] } });
      await server.control({ do: 'cut' });
    },
    cure: ({ server }) => server.control({ set: { faults: [] } }),
    sees: { ...REPLY_LOST, within: within(2_500, 'two attempts to go on') },
  },
];
