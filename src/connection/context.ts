/** What a connection is started with and remembers, and what it starts its epochs with: plain data. */

import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';

/** What a connection is started with. A restarted one goes on with the numbers of the one before. */
export interface ConnectionInput {
  readonly plan: SupervisionPlan;
  /** Which configuration of the server it is opened with. */
  readonly revision: number;
  /** The state of its server before. */
  readonly from: ConnectionState;
  readonly epoch: number;
  /** The world is gone at the start: see `freeze`. */
  readonly frozen: boolean;
}

/** What the machine remembers. */
export interface ConnectionContext {
  readonly plan: SupervisionPlan;
  readonly revision: number;
  readonly epoch: number;
  readonly attempt: number;
  /** Lives lost lately, with fractions: time in `ready` takes them away. */
  readonly losses: number;
  /** Whether resources of the current epoch may still be held. */
  readonly holding: boolean;
  readonly wasReady: boolean;
  /** Since when the current epoch serves, on the monotonic clock. */
  readonly readySinceMs: number | undefined;
  readonly parked: boolean;
  /** The gate to the world is shut: what fails uses up nothing, and what waits is held. */
  readonly frozen: boolean;
  /** Until when the server asked not to be bothered, in milliseconds since the Unix epoch: a sleep counts. */
  readonly notBeforeMs: number;
  /** Somebody wants the next attempt without waiting. */
  readonly hurried: boolean;
  /** It was asked to close, and will not be revived. */
  readonly closing: boolean;
  readonly abandoned: boolean;
  readonly cause: Fault | undefined;
  readonly retryInMs: number;
  /** When the next attempt is due that was announced, on the monotonic clock. */
  readonly retryAtMs: number;
  readonly connectByMs: number;
  /** While it closes: how long calls under way may go on. */
  readonly drainMs: number;
}

/** What an epoch is started with. */
export interface EpochInput {
  readonly server: string;
  /** The id of the connection it is a life of: a server has two while it is replaced. */
  readonly connection: string;
  /** Which configuration of the server it is opened with. */
  readonly revision: number;
  readonly epoch: number;
}
