/** What a connection reports: the change of its state before all. */

import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';

/** What each change of a state tells. */
interface Change {
  readonly server: string;
  /** The life of the connection this belongs to, numbered from 1. */
  readonly epoch: number;
  /** When, in milliseconds since the Unix epoch. */
  readonly atMs: number;
  /** The state before; the first change of a server comes from `closed`. From `reconnecting` to itself: its plan changed. */
  readonly from: ConnectionState;
  readonly to: ConnectionState;
  /** Attempts since a life that proved its service ended, this one included. */
  readonly attempt: number;
  /** Lives that ended by a fault lately: each counts one, and `parkedProbeMs` in `ready` take one away. */
  readonly losses: number;
  /** Why, where something went wrong; absent when it was asked for. */
  readonly cause?: Fault;
  /** With `reconnecting`: the delay before the next attempt, or probe, from when everything is released. */
  readonly retryInMs?: number;
  /** With `reconnecting`: it waits for an event, such as `retryServer`, and is only probed now and then. */
  readonly parked?: true;
  /** With `reconnecting`: it waits for the network to come back, and is only probed now and then. */
  readonly held?: true;
}

/** The connection of a server changed its state. */
export interface StateChange extends Change {
  readonly type: 'state.changed';
}

/** A connection that is to take over changed its state; the server itself did not. */
export interface ReplacementChanged extends Change {
  readonly type: 'replacement.changed';
}

/** A ready connection missed a sign of life. */
export interface HeartbeatMissed {
  readonly type: 'heartbeat.missed';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** Misses in a row. */
  readonly missed: number;
}

/** A server that talks answers no question that could be asked: it is not asked for signs of life any more. */
export interface HeartbeatDisabled {
  readonly type: 'heartbeat.disabled';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
}

/** Resources of an epoch were not released in time, or their release failed; they were ended by force. */
export interface ReleaseFailed {
  readonly type: 'release.failed';
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** What was being released; `calls`: some were still under way when the time to let them end had passed. */
  readonly resource: 'calls' | 'link' | 'transport' | 'carrier' | 'epoch';
  readonly reason: 'timed-out' | 'threw';
}

/** What a connection reports to its supervisor and to observers. */
export type ConnectionReport = StateChange | HeartbeatMissed | HeartbeatDisabled | ReleaseFailed;
