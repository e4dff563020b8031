/** What the supervisor machine may be told, and what it makes known. All of it is plain data. */

import type { ErrorActorEvent } from 'xstate';
import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionMessage } from '../connection/events.ts';
import type { ConnectionReport } from '../connection/state-change.ts';
import type { Fault } from '../fault.ts';

/** What the facade asks of the supervisor. */
export type SupervisorCommand =
  | { readonly type: 'server.add'; readonly plan: SupervisionPlan }
  | { readonly type: 'server.remove'; readonly server: string }
  | { readonly type: 'server.replace'; readonly plan: SupervisionPlan }
  | { readonly type: 'server.retry'; readonly server: string }
  /** Dispose every child, last started first. */
  | { readonly type: 'close' }
  /** Give the children up at once: their resources are ended by force elsewhere. */
  | { readonly type: 'close.force' };

/** Everything the supervisor machine may be told. */
export type SupervisorEvent =
  | SupervisorCommand
  | ConnectionMessage
  | { readonly type: 'restart.forgotten'; readonly server: string }
  | ErrorActorEvent;

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

/** What the supervisor makes known. */
export type SupervisorReport = ConnectionReport | ServerAdded | ServerRemoved | ServerRestarted | ServerEscalated;
