/**
 * What one row of the table of faults is: a fault, how it is made to happen, and what a caller sees of it. Rows are
 * plain enough that `docs/faults.md` is generated from them, so nothing here and in the groups needs a test framework.
 */

import type { ConnectionState, ErrorCode, FaultKind, Outcome, TransportKind } from '../../../src/index.ts';
import type { Behaviour } from '../../../src/testing/behaviour.ts';
import type { FaultTransport } from '../../../src/testing/fault-transport/contract.ts';
import type { JournalPattern } from '../../../src/testing/journal.ts';
import type { Settings, Stand } from '../../contract/stand.ts';
import type { NamelessConfig, ServerUnderTest } from '../../contract/transport-under-test.ts';

/** A state, with the fault that led to it where one did; `parked` is `reconnecting` that waits for an event. */
export type Step = ConnectionState | `${'reconnecting' | 'parked' | 'closed'}: ${FaultKind}`;

/** How one call ends: it is answered, or fails with a code, an outcome, and a fault where there is one. */
export type Ending = 'answered' | ErrorCode | `${ErrorCode} ${Outcome}` | `${ErrorCode} ${Outcome} ${FaultKind}`;

/** How long it takes until the caller knows, and which option or fact decides that. */
export interface Bound {
  /** Asserted, with the settings of the row; in milliseconds. */
  readonly ms: number;
  readonly by: string;
}

/** What a caller sees. */
export interface Sees {
  /**
   * The states from the fault on, or from the start when it strikes before `ready`; alternatives are a list. Attempts
   * that meet nobody, while the server is down, are left out.
   */
  readonly states: readonly (Step | readonly Step[])[];
  /** How the call under way ends. A fault that strikes before `ready` meets a call that waits. */
  readonly call?: Ending;
  /** How often the server executed the call under way. Default: once when it was answered. */
  readonly executed?: number | 'at most once';
  /** Until the call under way has ended, or else the fault shows in the state. */
  readonly within: Bound;
  /** How a call ends that is made afterwards. Default: it is answered, executed once. */
  readonly next?: Ending;
}

/** The call that is under way when the fault strikes. */
export interface CallPlan {
  readonly tool: string;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly timeoutMs?: number;
  /** What the server must have seen before the fault strikes. Default: the fault is there before the call is made. */
  readonly underWay?: JournalPattern;
}

/** What a fault is made to happen with. */
export interface Scene {
  readonly kind: TransportKind;
  readonly server: ServerUnderTest;
  readonly stand: Stand;
  /** What lies between us and the server, where the row asks for it. */
  readonly relay: FaultTransport;
  /** Aborts the call under way. */
  readonly abort: AbortController;
  /** Further calls that a fault takes; they have ended before the next call is made. */
  readonly beside: Promise<unknown>[];
  /** Resolves with the first progress of the call under way. */
  readonly progressed: Promise<void>;
}

/** A place to connect to that is no scripted server. */
export interface Place extends AsyncDisposable {
  readonly config: NamelessConfig;
}

/** When a fault strikes. */
export type Phase = 'connecting' | 'initializing' | 'idle' | 'call' | 'closing';

/** A fault that the runner makes happen on each transport. */
export interface PlayedFault {
  /** `noun:detail`, unique. */
  readonly id: `${string}:${string}`;
  /** What happens, as a sentence without a full stop. */
  readonly title: string;
  readonly on: readonly TransportKind[];
  readonly when: Phase;
  /** What the scripted server is told. Each of its faults strikes once, unless it says how often or is `lasting`. */
  readonly server?: Behaviour | ((kind: TransportKind) => Behaviour);
  readonly lasting?: true;
  /** Instead of a scripted server. */
  readonly place?: (kind: TransportKind) => Promise<Place>;
  /** Put a layer of faults in front of it, which the scene has as `relay`. */
  readonly relayed?: true;
  /** Changes how the scripted server is started or reached. */
  readonly launch?: (config: NamelessConfig) => NamelessConfig;
  readonly settings?: Settings;
  readonly call?: CallPlan;
  /** Done before the supervisor is told of the server. */
  readonly prepare?: (scene: Scene) => Promise<unknown> | void;
  /** Make the fault happen, when the server alone does not. */
  readonly strike?: (scene: Scene) => Promise<unknown> | void;
  /** Take it away again, once the caller knows of it. */
  readonly cure?: (scene: Scene) => Promise<unknown> | void | undefined;
  readonly sees: Sees | Readonly<Partial<Record<TransportKind, Sees>>>;
  /** What else must hold at the end; throws when it does not. */
  readonly also?: (scene: Scene) => Promise<unknown> | void;
  /** A healthy server of the same supervisor, which must notice nothing. */
  readonly neighbour?: true;
  /** Close before it is ready. */
  readonly early?: true;
  /** Close by force. */
  readonly force?: true;
  /** It never ends by itself: only the beginning of the states is fixed. */
  readonly forever?: true;
}

/** A fault that takes a test of another form: its own host process, or several servers. */
export interface ToldFault {
  readonly id: `${string}:${string}`;
  readonly title: string;
  readonly on: readonly TransportKind[];
  /** What a user sees. */
  readonly sees: string;
  /** Kinds that are met there. */
  readonly faults?: readonly FaultKind[];
  /** Where it is verified: a file, and the words that name the test in it. */
  readonly verified: { readonly file: string; readonly test: string };
}

/** One row of the table. */
export type FaultRow = PlayedFault | ToldFault;

/** Whether the runner makes it happen. */
export function isPlayed(row: FaultRow): row is PlayedFault {
  return 'when' in row;
}

/** What a caller sees of a fault on one transport. */
export function seenOn(row: PlayedFault, kind: TransportKind): Sees {
  const { sees } = row;
  const own = 'within' in sees ? sees : sees[kind];
  if (own === undefined) throw new Error(`${row.id} does not say what is seen on ${kind}`);
  return own;
}
