/** Faults that meet a connection which is being closed. */

import { equal } from 'node:assert/strict';
import { alive } from '../../../src/testing/processes.ts';
import { revive, stop, WAIT, wake } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import { ALL, AT_ONCE, HEARTBEAT, SSE, STDIO, within } from './terms.ts';

const LADDER = within(200, '`stdinGraceMs` + `termGraceMs`');
const UNSENT = { call: 'SUPERVISOR_CLOSED not-sent', executed: 0 } as const;
const LOST = { call: 'CONNECTION_LOST unknown closed', executed: 1 } as const;

const noSurvivor = ({ server }: Scene) => {
  for (const { pid } of server.journal.entries({ kind: 'started' })) equal(alive(pid), false);
  for (const { grandchildPid } of server.journal.entries({ kind: 'grandchild' })) {
    equal(alive(grandchildPid ?? Number.NaN), false);
  }
};

export const CLOSING: readonly FaultRow[] = [
  {
    id: 'close:in-call',
    title: 'The supervisor is closed while a call is under way',
    on: ALL,
    when: 'closing',
    call: WAIT,
    sees: { states: ['closed'], ...LOST, within: AT_ONCE },
  },
  {
    id: 'close:while-connecting',
    title: 'The supervisor is closed while the stream has not named its endpoint',
    on: SSE,
    when: 'closing',
    early: true,
    server: { faults: [{ on: 'GET', do: 'hang-body' }] },
    strike: ({ server }) => server.journal.waitFor({ kind: 'request', verb: 'GET' }),
    sees: { states: ['connecting', 'closed'], ...UNSENT, within: AT_ONCE },
  },
  {
    id: 'close:while-initializing',
    title: 'The supervisor is closed while `initialize` is not answered',
    on: ALL,
    when: 'closing',
    early: true,
    server: { faults: [{ on: 'initialize', do: 'never' }] },
    strike: ({ server }) => server.journal.waitFor({ kind: 'message', method: 'initialize' }),
    sees: { states: ['connecting', 'initializing', 'closed'], ...UNSENT, within: AT_ONCE },
  },
  {
    id: 'close:while-reconnecting',
    title: 'The supervisor is closed while a server that was killed waits for its next attempt',
    on: ALL,
    when: 'closing',
    settings: { ...HEARTBEAT, backoff: { baseMs: 60_000, factor: 1, maxMs: 60_000 } },
    strike: async ({ server, stand }) => {
      await server.kill();
      await stand.reached('reconnecting');
    },
    sees: {
      stdio: { states: ['reconnecting: process-exited', 'closed'], within: AT_ONCE },
      sse: { states: ['reconnecting: stream-ended', 'closed'], within: AT_ONCE },
      streamable_http: {
        states: [['reconnecting: unreachable', 'reconnecting: stream-ended'], 'closed'],
        within: AT_ONCE,
      },
    },
    cure: revive,
  },
  {
    id: 'close:ignores-stdin-end',
    title: 'The server ignores the end of its stdin',
    on: STDIO,
    when: 'closing',
    server: { ignoreStdinEnd: true },
    sees: { states: ['closed'], within: within(100, '`stdinGraceMs`') },
    also: noSurvivor,
  },
  {
    id: 'close:ignores-sigterm',
    title: 'The server ignores the end of its stdin and SIGTERM',
    on: STDIO,
    when: 'closing',
    server: { ignoreStdinEnd: true, ignoreSigterm: true },
    sees: { states: ['closed'], within: LADDER },
    also: noSurvivor,
  },
  {
    id: 'close:grandchild',
    title: 'The server leaves a child behind that ignores SIGTERM',
    on: STDIO,
    when: 'closing',
    server: { grandchild: {} },
    sees: { states: ['closed'], within: LADDER },
    also: noSurvivor,
  },
  {
    id: 'close:grandchild-with-pipes',
    title: 'The server leaves a child behind that ignores SIGTERM and holds the pipes',
    on: STDIO,
    when: 'closing',
    server: { grandchild: { holdsPipes: true }, ignoreStdinEnd: true, ignoreSigterm: true },
    sees: { states: ['closed'], within: LADDER },
    also: noSurvivor,
  },
  {
    id: 'close:frozen',
    title: 'The server is frozen (SIGSTOP) when it is to be closed',
    on: ALL,
    when: 'closing',
    strike: stop,
    cure: wake,
    sees: {
      stdio: { states: ['closed'], within: LADDER },
      sse: { states: ['closed'], within: AT_ONCE },
      streamable_http: { states: ['closed'], within: within(100, '`terminateTimeoutMs`') },
    },
  },
  {
    id: 'close:frozen-in-call',
    title: 'The server is frozen (SIGSTOP) during a call when it is to be closed',
    on: ALL,
    when: 'closing',
    call: WAIT,
    strike: stop,
    cure: wake,
    sees: { states: ['closed'], ...LOST, within: LADDER },
  },
  {
    id: 'close:forced',
    title: 'A stubborn server is closed by force',
    on: ALL,
    when: 'closing',
    force: true,
    settings: { stdinGraceMs: 10_000, termGraceMs: 10_000, terminateTimeoutMs: 10_000 },
    server: { ignoreStdinEnd: true, ignoreSigterm: true, faults: [{ on: 'DELETE', do: 'hang-headers' }] },
    call: WAIT,
    sees: { states: ['closed'], call: 'CONNECTION_LOST unknown', executed: 1, within: AT_ONCE },
  },
];
