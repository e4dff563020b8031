/** Faults of the process that is the server. */

import { deepEqual, equal } from 'node:assert/strict';
import { commit, ECHO, kill, restart, revive, stop, WAIT, wake } from './deeds.ts';
import type { FaultRow, Scene, Step } from './row.ts';
import {
  ALL,
  AT_ONCE,
  BUSY_HEARTBEAT,
  HEARTBEAT,
  IDLE_HEARTBEAT,
  LIFE,
  lost,
  lostInCall,
  REPLY_LOST,
  STDIO,
} from './terms.ts';

// Whichever notices first: the stream of what is sent unasked, a sign of life, or the session on the new process.
const GONE: readonly Step[] = ['reconnecting: unreachable', 'reconnecting: stream-ended', 'reconnecting: session-lost'];

/** The fault that ended the first epoch. */
const lastWords = ({ stand }: Scene) => stand.changes().find(({ to }) => to === 'reconnecting')?.cause;

export const PROCESS: readonly FaultRow[] = [
  {
    id: 'process:killed-idle',
    title: 'The server is killed (SIGKILL) while nothing is asked of it',
    on: ALL,
    when: 'idle',
    settings: HEARTBEAT,
    strike: kill,
    cure: revive,
    sees: {
      stdio: lost('process-exited'),
      sse: lost('stream-ended'),
      streamable_http: { states: [GONE, ...LIFE], within: IDLE_HEARTBEAT },
    },
  },
  {
    id: 'process:killed-in-call',
    title: 'The server is killed (SIGKILL) while it executes a call',
    on: ALL,
    when: 'call',
    settings: HEARTBEAT,
    call: WAIT,
    strike: kill,
    cure: revive,
    neighbour: true,
    sees: {
      stdio: lostInCall('process-exited'),
      sse: lostInCall('stream-ended'),
      streamable_http: { ...REPLY_LOST, states: [GONE, ...LIFE] },
    },
  },
  {
    id: 'process:commits-then-dies',
    title: 'The tool has its effect, and the process exits before it replies',
    on: ALL,
    when: 'call',
    settings: HEARTBEAT,
    call: commit('exit'),
    cure: restart,
    sees: {
      stdio: lostInCall('process-exited'),
      sse: lostInCall('stream-ended'),
      streamable_http: { ...REPLY_LOST, states: [GONE, ...LIFE] },
    },
    also: ({ server }) => equal(server.journal.entries({ kind: 'committed' }).length, 1),
  },
  {
    id: 'process:replies-then-exits',
    title: 'The server replies and exits in the same moment',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'last-words', code: 0 }] },
    call: ECHO,
    sees: { ...lost('process-exited'), call: 'answered' },
  },
  {
    id: 'process:exits-zero',
    title: 'The server exits with code 0 instead of answering',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'exit', code: 0 }] },
    call: ECHO,
    sees: { ...lostInCall('process-exited'), executed: 0 },
    also: (scene) => deepEqual(lastWords(scene), { kind: 'process-exited', exitCode: 0, signal: null, stderr: [] }),
  },
  {
    id: 'process:exits-with-stderr',
    title: 'The server exits with code 3, and says why on stderr',
    on: STDIO,
    when: 'call',
    server: {
      faults: [
        { on: 'tools/call:echo', do: 'stderr', text: 'out of licences\n' },
        { on: 'tools/call:echo', do: 'exit', code: 3 },
      ],
    },
    call: ECHO,
    sees: { ...lostInCall('process-exited'), executed: 0 },
    also: (scene) =>
      deepEqual(lastWords(scene), {
        kind: 'process-exited',
        exitCode: 3,
        signal: null,
        stderr: ['out of licences'],
      }),
  },
  {
    id: 'process:crashes-natively',
    title: 'The server dies of SIGSEGV',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'signal', signal: 'SIGSEGV' }] },
    call: ECHO,
    sees: { ...lostInCall('process-exited'), executed: 0 },
    also: (scene) =>
      deepEqual(lastWords(scene), { kind: 'process-exited', exitCode: null, signal: 'SIGSEGV', stderr: [] }),
  },
  {
    id: 'process:frozen-idle',
    title: 'The process is frozen (SIGSTOP) while nothing is asked of it',
    on: ALL,
    when: 'idle',
    settings: HEARTBEAT,
    strike: stop,
    cure: wake,
    sees: { ...lost('unresponsive'), within: IDLE_HEARTBEAT },
  },
  {
    id: 'process:frozen-in-call',
    title: 'The process is frozen (SIGSTOP) while it executes a call',
    on: ALL,
    when: 'call',
    settings: HEARTBEAT,
    call: WAIT,
    strike: stop,
    cure: wake,
    neighbour: true,
    sees: { ...lostInCall('unresponsive'), within: BUSY_HEARTBEAT },
  },
  {
    id: 'process:flaps',
    title: 'The process exits whenever it is started',
    on: STDIO,
    when: 'initializing',
    lasting: true,
    server: { faults: [{ on: 'initialize', do: 'exit', code: 1 }] },
    settings: { parkAfterAttempts: 3 },
    neighbour: true,
    sees: {
      states: [
        ...(['connecting', 'initializing', 'reconnecting: process-exited'] as const),
        ...(['connecting', 'initializing', 'reconnecting: process-exited'] as const),
        ...(['connecting', 'initializing', 'parked: process-exited'] as const),
      ],
      call: 'SERVER_PARKED not-sent process-exited',
      executed: 0,
      within: AT_ONCE,
      next: 'SERVER_PARKED not-sent process-exited',
    },
    also: ({ server }) => equal(server.journal.entries({ kind: 'started' }).length, 3),
  },
];
