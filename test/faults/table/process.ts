/** Faults of the process that is the server. */

import { deepEqual, equal } from 'node:assert/strict';
import { commit, ECHO, kill, restart, revive, stop, WAIT, wake } from './deeds.ts';
import type { FaultRow, Scene, Step } from './row.ts';
import { ALL, AT_ONCE, BUSY_HEARTBEAT, HEARTBEAT, IDLE_HEARTBEAT, LIFE, STDIO } from './terms.ts';

const EXITED = { states: ['reconnecting: process-exited', ...LIFE], within: AT_ONCE } as const;
const ENDED = { states: ['reconnecting: stream-ended', ...LIFE], within: AT_ONCE } as const;
// Whichever notices first: the stream of what is sent unasked, a sign of life, or the session on the new process.
const GONE: readonly Step[] = ['reconnecting: unreachable', 'reconnecting: stream-ended', 'reconnecting: session-lost'];
const LOST = { states: [GONE, ...LIFE], within: AT_ONCE } as const;
const UNRESPONSIVE: readonly Step[] = ['reconnecting: unresponsive', ...LIFE];

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
    sees: { stdio: EXITED, sse: ENDED, streamable_http: { ...LOST, within: IDLE_HEARTBEAT } },
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
      stdio: { ...EXITED, call: 'CONNECTION_LOST unknown process-exited', executed: 1 },
      sse: { ...ENDED, call: 'CONNECTION_LOST unknown stream-ended', executed: 1 },
      streamable_http: { ...LOST, call: 'CONNECTION_LOST unknown reply-lost', executed: 1 },
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
      stdio: { ...EXITED, call: 'CONNECTION_LOST unknown process-exited', executed: 1 },
      sse: { ...ENDED, call: 'CONNECTION_LOST unknown stream-ended', executed: 1 },
      streamable_http: { ...LOST, call: 'CONNECTION_LOST unknown reply-lost', executed: 1 },
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
    sees: { ...EXITED, call: 'answered' },
  },
  {
    id: 'process:exits-zero',
    title: 'The server exits with code 0 instead of answering',
    on: STDIO,
    when: 'call',
    server: { faults: [{ on: 'tools/call:echo', do: 'exit', code: 0 }] },
    call: ECHO,
    sees: { ...EXITED, call: 'CONNECTION_LOST unknown process-exited', executed: 0 },
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
    sees: { ...EXITED, call: 'CONNECTION_LOST unknown process-exited', executed: 0 },
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
    sees: { ...EXITED, call: 'CONNECTION_LOST unknown process-exited', executed: 0 },
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
    sees: { states: UNRESPONSIVE, within: IDLE_HEARTBEAT },
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
    sees: {
      states: UNRESPONSIVE,
      call: 'CONNECTION_LOST unknown unresponsive',
      executed: 1,
      within: BUSY_HEARTBEAT,
    },
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
