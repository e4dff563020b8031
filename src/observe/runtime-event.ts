/**
 * Everything the library makes known, as one typed union. Each event names its server and epoch where it has
 * one, and when it happened. Types are `noun.pastParticiple`. No event holds a secret.
 */

import type { ElicitationFailed } from '../asking/elicitation.ts';
import type { SamplingFailed } from '../asking/sampling.ts';
import type { AuthorizationRequired } from '../authorization/authorization.ts';
import type { CallRetried } from '../call/repetition.ts';
import type { ResultUnchecked } from '../call/result-check.ts';
import type {
  HeartbeatDisabled,
  HeartbeatMissed,
  ReleaseFailed,
  ReplacementChanged,
  StateChange,
} from '../connection/state-change.ts';
import type { CatalogChanged, EntriesRejected } from '../listing/list-event.ts';
import type { ElicitationCompleted, LogReceived, ResourceUpdated, SessionRestored } from '../session/session-event.ts';
import type {
  ConnectionRetired,
  ReplacementFailed,
  ServerAdded,
  ServerEscalated,
  ServerRemoved,
  ServerReplaced,
  ServerRestarted,
  WorldFrozen,
  WorldThawed,
} from '../supervisor/report.ts';
import type { LedgerFailed, ProcessReaped } from '../transport/process-report.ts';

/** A listener threw or rejected; it changes nothing else. */
export interface ListenerFailed {
  readonly type: 'listener.failed';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  /** The type of the event it was given. */
  readonly event: string;
  /** The name of what it threw, never its text. */
  readonly error: string;
}

/** A consumer of `events()` was too slow; the oldest events it had not taken are lost. */
export interface EventsDropped {
  readonly type: 'events.dropped';
  readonly server: undefined;
  readonly epoch: undefined;
  readonly atMs: number;
  /** How many were lost since it last took one. */
  readonly count: number;
}

/** Everything the library makes known. */
export type RuntimeEvent =
  | StateChange
  | ServerAdded
  | ServerRemoved
  | ServerRestarted
  | ServerEscalated
  | ServerReplaced
  | ReplacementChanged
  | ReplacementFailed
  | ConnectionRetired
  | HeartbeatMissed
  | HeartbeatDisabled
  | ReleaseFailed
  | CatalogChanged
  | EntriesRejected
  | SessionRestored
  | ResourceUpdated
  | LogReceived
  | CallRetried
  | ResultUnchecked
  | ElicitationFailed
  | ElicitationCompleted
  | SamplingFailed
  | WorldFrozen
  | WorldThawed
  | ProcessReaped
  | LedgerFailed
  | AuthorizationRequired
  | ListenerFailed
  | EventsDropped;

/** The `type` of an event. */
export type RuntimeEventType = RuntimeEvent['type'];

/** What a listener may ask for: a type, `'state'` (short for `state.changed`), or `'*'` for all. */
export type RuntimeEventName = RuntimeEventType | 'state' | '*';

/** The event that a listener of that name is given. */
export type RuntimeEventOf<N extends RuntimeEventName> = N extends '*'
  ? RuntimeEvent
  : N extends 'state'
    ? StateChange
    : Extract<RuntimeEvent, { type: N }>;
