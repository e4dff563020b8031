/** What the supervisor machine may be told. All of it is plain data. */

import type { ErrorActorEvent } from 'xstate';
import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionMessage } from '../connection/events.ts';
import type { StateChange } from '../connection/state-change.ts';
import type { WorldFact } from '../world/world-watch.ts';

/** What the facade asks of the supervisor. `revision` says which configuration of the server a plan was made of. */
export type SupervisorCommand =
  | { readonly type: 'server.add'; readonly plan: SupervisionPlan; readonly revision: number }
  | { readonly type: 'server.remove'; readonly server: string; readonly drainMs?: number }
  | ReplaceCommand
  /** Nobody waits any more for the replacement that was asked for with that revision. */
  | { readonly type: 'replacement.cancel'; readonly server: string; readonly revision: number }
  | { readonly type: 'server.retry'; readonly server: string }
  /** Dispose every child, last started first. Calls under way may go on for `drainMs` from now. */
  | { readonly type: 'close'; readonly drainMs?: number }
  /** Give the children up at once: their resources are ended by force elsewhere. */
  | { readonly type: 'close.force' };

/** Let another connection take over from the one that serves. */
export interface ReplaceCommand {
  readonly type: 'server.replace';
  readonly plan: SupervisionPlan;
  readonly revision: number;
  /** How long calls under way on the present connection may go on. */
  readonly drainMs: number;
  /** Start the new connection only when the present one is gone. */
  readonly stopFirst: boolean;
}

/** A connection announced a change that may have to be answered: it is a candidate, or somebody waits for its server. */
interface ConnectionChanged {
  readonly type: 'connection.changed';
  readonly connection: string;
  readonly change: StateChange;
}

/** Everything the supervisor machine may be told. */
export type SupervisorEvent =
  | SupervisorCommand
  | ConnectionMessage
  | ConnectionChanged
  | WorldFact
  | { readonly type: 'restart.forgotten'; readonly connection: string }
  | ErrorActorEvent;
