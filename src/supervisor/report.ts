/** What the supervisor makes known: the reports of its connections, and what it does itself. Plain data. */

import type { ConnectionReport } from '../connection/state-change.ts';
import type { Fault } from '../fault.ts';

/** Fields of every event about a server. */
interface AboutServer {
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** A server was added. */
export interface ServerAdded extends AboutServer {
  readonly type: 'server.added';
}

/** A server was removed, and nothing of it is left. */
export interface ServerRemoved extends AboutServer {
  readonly type: 'server.removed';
}

/** A connection crashed (a defect, not a fault) and was started again. */
export interface ServerRestarted extends AboutServer {
  readonly type: 'server.restarted';
  readonly cause: Fault;
  /** Restarts within the window, this one included. */
  readonly restarts: number;
}

/** A connection crashed more often than its restart intensity allows; it waits for `retryServer`. */
export interface ServerEscalated extends AboutServer {
  readonly type: 'server.escalated';
  readonly cause: Fault;
}

/** The host lost its network: connections to remote servers are held, and what fails meanwhile uses up nothing. */
export interface WorldFrozen {
  readonly type: 'world.frozen';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  readonly reason: 'network-lost';
}

/** The network is back, or the host slept or its clock was set: connections are tried or asked again, one by one. */
export interface WorldThawed {
  readonly type: 'world.thawed';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  readonly reason: 'network-back' | 'clock-jumped';
  /** With `clock-jumped`: how far the clock jumped, in milliseconds; below zero when it was set back. */
  readonly gapMs?: number;
  /** How many connections this concerns. */
  readonly released: number;
}

/** What the supervisor makes known. */
export type SupervisorReport =
  | ConnectionReport
  | ServerAdded
  | ServerRemoved
  | ServerRestarted
  | ServerEscalated
  | WorldFrozen
  | WorldThawed;
