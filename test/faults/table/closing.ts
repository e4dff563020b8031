/** Faults that meet a connection which is being closed. */

import { equal } from 'node:assert/strict';
import { alive } from '../../../src/testing/processes.ts';
import { stop, WAIT, wake } from './deeds.ts';
import type { FaultRow, Scene } from './row.ts';
import { ALL, AT_ONCE, STDIO, within } from './terms.ts';

const LADDER = within(200, '`stdinGraceMs` + `termGraceMs`');
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
