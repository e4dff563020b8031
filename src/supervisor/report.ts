/** What the supervisor makes known: the reports of its connections, and what it does itself. Plain data. */

import type { ConnectionReport, ReplacementChanged } from '../connection/state-change.ts';
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

/** Why a connection takes over from another: it was asked for, or the other one was old or large enough. */
export type ReplacementReason = 'replaced' | 'recycled';

/** From now on another connection serves, with the configuration that it was started with. */
export interface ServerReplaced extends AboutServer {
  readonly type: 'server.replaced';
  /** The life that served until now; also `epoch`, where it has to end before the next one begins. */
  readonly previousEpoch: number;
  readonly reason: ReplacementReason;
}

/** A connection that was to take over could not, and nothing of it is left; the server goes on as it was. */
export interface ReplacementFailed extends AboutServer {
  readonly type: 'replacement.failed';
  readonly reason: ReplacementReason;
  /** Why, where something went wrong; absent when nobody waited for it any more. */
  readonly cause?: Fault;
}

/** A connection that was taken over from is gone, with everything it held. */
export interface ConnectionRetired extends AboutServer {
  readonly type: 'connection.retired';
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
  | ServerReplaced
  | ReplacementChanged
  | ReplacementFailed
  | ConnectionRetired
  | WorldFrozen
  | WorldThawed;
