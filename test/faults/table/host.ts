/** Faults of the host, of many servers together, and of this library: each has a test of its own form. */

import type { FaultRow } from './row.ts';
import { ALL, HTTP, STDIO } from './terms.ts';

const HOST_SIGNAL = 'test/faults/processes/host-signal.test.ts';
const KILLED_HOST = 'test/faults/processes/killed-host.test.ts';
const OVERLAP = 'test/faults/processes/overlap.test.ts';
const BLACK_HOLE = 'test/faults/network/black-hole.test.ts';
const LOST_NETWORK = 'test/faults/network/lost-network.test.ts';

export const HOST: readonly FaultRow[] = [
  {
    id: 'host:exits',
    title: 'The host calls `process.exit()` without closing anything',
    on: STDIO,
    sees: 'no process of a server is left, stubborn ones and grandchildren included',
    verified: { file: HOST_SIGNAL, test: 'process.exit in a listener of ours' },
  },
  {
    id: 'host:throws',
    title: 'The host dies of an uncaught exception',
    on: STDIO,
    sees: 'no process of a server is left, and the exit code is what it would be without us',
    verified: { file: HOST_SIGNAL, test: 'an uncaught exception' },
  },
  {
    id: 'host:rejects',
    title: 'The host dies of an unhandled rejection',
    on: STDIO,
    sees: 'no process of a server is left, and the exit code is what it would be without us',
    verified: { file: HOST_SIGNAL, test: 'an unhandled rejection' },
  },
  {
    id: 'host:signalled',
    title: 'The host gets SIGTERM, SIGINT or SIGHUP and does not listen to it',
    on: STDIO,
    sees: 'it ends by that signal, and no process of a server is left',
    verified: { file: HOST_SIGNAL, test: 'ends by it, as it would without us, and its servers with it' },
  },
  {
    id: 'host:listens',
    title: 'The host gets a signal that it listens to, and lives on',
    on: STDIO,
    sees: 'its servers notice nothing',
    verified: { file: HOST_SIGNAL, test: 'lives on when its own listener says so, and its servers do not notice' },
  },
  {
    id: 'host:killed',
    title: 'The host is killed (SIGKILL), and its servers ignore the end of stdin',
    on: STDIO,
    sees: '`process.reaped`: the next host ends them before it starts its first server',
    verified: { file: KILLED_HOST, test: 'that the next host ends before its first server is started' },
  },
  {
    id: 'host:killed-with-launcher',
    title: 'The host is killed, and then the launcher of a server, which lives on alone',
    on: STDIO,
    sees: '`process.reaped`: the next host ends it',
    verified: { file: KILLED_HOST, test: 'whose launcher has gone since, which the next host ends' },
  },
  {
    id: 'host:no-disk',
    title: 'No byte of the ledger can be written',
    on: STDIO,
    sees: '`ledger.failed`, once; servers are connected all the same',
    verified: { file: KILLED_HOST, test: 'connects all the same when no byte can be written' },
  },
  {
    id: 'process:slow-end',
    title: 'The process before takes its time to leave, or its launcher is killed under it',
    on: STDIO,
    sees: 'the next one is started when nothing of it runs any more',
    verified: { file: OVERLAP, test: 'never overlaps the process before when its launcher is killed under it' },
  },
  {
    id: 'environment:shared',
    title: 'Three servers are started together, each with an environment of its own',
    on: STDIO,
    sees: 'none sees what another was given, and `process.env` is what it was',
    verified: { file: 'test/faults/processes/environment.test.ts', test: 'is of each alone, and process.env' },
  },
  {
    id: 'servers:slow-beside-others',
    title: 'Of ten servers that are added together one never answers and one does not exist',
    on: ALL,
    sees: 'the other eight are ready as fast as alone',
    verified: { file: 'test/contract/requirements.ts', test: 'isolation:start:eight' },
  },
  {
    id: 'servers:flapping-beside-others',
    title: 'One server dies again and again',
    on: ALL,
    sees: 'the calls of another one do not notice',
    verified: { file: 'test/contract/requirements.ts', test: 'isolation:flapping:sibling' },
  },
  {
    id: 'replacement:broken',
    title: '`replaceServer` is given a server that cannot be ready',
    on: ALL,
    sees: 'it rejects, and the one before serves on',
    verified: { file: 'test/contract/requirements.ts', test: 'replace:broken:kept' },
  },
  {
    id: 'replacement:in-call',
    title: 'A server is replaced while it executes a call that takes longer than its drain',
    on: ALL,
    sees: 'the call is ended at the deadline of the drain, its outcome unknown',
    verified: { file: 'test/contract/requirements.ts', test: 'replace:drain:cut' },
  },
  {
    id: 'clock:jumps',
    title: 'The clock jumps, as after a laptop slept',
    on: ALL,
    sees: 'what waits or is parked is tried now, one server after the other',
    verified: {
      file: 'test/unit/connection/machine-held.test.ts',
      test: 'a jump of the clock releases what waits and what is parked',
    },
  },
  {
    id: 'dependency:lost',
    title: 'A server that others depend on is given up before they were started',
    on: ALL,
    sees: '`addServer` of a dependent fails at once: `CONNECT_FAILED` (`dependency-lost`)',
    faults: ['dependency-lost'],
    verified: { file: 'test/unit/catalog/admission.test.ts', test: 'waits for what the server depends on, and fails' },
  },
  {
    id: 'library:crashes',
    title: 'A defect in this library, or in a hook it was given, ends a connection',
    on: ALL,
    sees: '`server.restarted`; after `maxRestarts` of them parked, and `server.escalated`; siblings do not notice',
    faults: ['crashed'],
    verified: { file: 'test/unit/supervisor/restart.test.ts', test: 'escalates and parks at the third crash' },
  },
  {
    id: 'callback:throws',
    title: 'A listener, an inspector or `onProgress` throws or rejects',
    on: ALL,
    sees: '`listener.failed`, and nothing else',
    verified: { file: 'test/contract/requirements.ts', test: 'isolation:callback:listener' },
  },
  {
    id: 'network:black-hole',
    title: 'The network swallows all packets during a call, with nobody to say so',
    on: HTTP,
    sees: 'the call fails within `probeAfterMs` + `busyMisses` × `timeoutMs`',
    verified: { file: BLACK_HOLE, test: 'fails a call under way within probeAfterMs' },
  },
  {
    id: 'network:black-hole-idle',
    title: 'The network swallows all packets on the way back while nothing is asked',
    on: HTTP,
    sees: 'it is noticed within `intervalMs` + `misses` × `timeoutMs`',
    verified: { file: BLACK_HOLE, test: 'is noticed within intervalMs' },
  },
  {
    id: 'network:cable-out',
    title: 'The host loses its network, and gets it back',
    on: HTTP,
    sees: 'a ready connection stays ready; calls wait and are answered afterwards, executed once',
    verified: { file: LOST_NETWORK, test: 'lets a call wait that is made meanwhile' },
  },
  {
    id: 'network:cable-out-reconnecting',
    title: 'The host loses its network while a server comes back',
    on: HTTP,
    sees: 'it is held, at no cost to its budget',
    verified: { file: LOST_NETWORK, test: 'holds a connection that is coming back, at no cost' },
  },
];
