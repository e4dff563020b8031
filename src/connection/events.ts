/** What a connection machine may be told, and what it tells its supervisor. All of it is plain data. */

import type { DoneActorEvent } from 'xstate';
import type { Fault } from '../fault.ts';

/** What an epoch tells its connection. Each names its epoch, so that one from an older epoch is recognised. */
export type EpochEvent =
  /** Its start waits until others have started. */
  | { readonly type: 'start.queued'; readonly epoch: number }
  /** It starts now, after it waited. */
  | { readonly type: 'start.admitted'; readonly epoch: number }
  | { readonly type: 'transport.opened'; readonly epoch: number }
  | { readonly type: 'link.initialized'; readonly epoch: number }
  | { readonly type: 'heartbeat.missed'; readonly epoch: number; readonly missed: number }
  | { readonly type: 'heartbeat.answered'; readonly epoch: number }
  | { readonly type: 'heartbeat.disabled'; readonly epoch: number }
  /** The epoch is old, or its process large. */
  | { readonly type: 'wear.noticed'; readonly epoch: number }
  | {
      readonly type: 'release.failed';
      readonly epoch: number;
      readonly resource: 'calls' | 'link' | 'transport' | 'carrier';
      readonly reason: 'timed-out' | 'threw';
    }
  /** `served`: a call was answered, so that the server is well. */
  | { readonly type: 'epoch.faulted'; readonly epoch: number; readonly fault: Fault; readonly served: boolean };

/** How an epoch ended, once everything of it is released. */
export type EpochOutcome = { readonly kind: 'failed'; readonly fault: Fault } | { readonly kind: 'released' };

/** What a supervisor tells a connection. */
export type ConnectionCommand =
  /** Release everything and stay closed. Calls under way may go on for `drainMs`, default 0; said again, less counts. */
  | { readonly type: 'close'; readonly drainMs?: number }
  /** Try again now, whatever it was waiting for. */
  | { readonly type: 'retry' }
  /** The world is gone until `thaw`: what fails meanwhile says nothing about the server. */
  | { readonly type: 'freeze' }
  /** The world is back, or its clock jumped: go on after that delay, whatever it was waiting for. */
  | { readonly type: 'thaw'; readonly delayMs: number };

/** What a connection tells its epoch about the server's signs of life. */
export type PulseCommand =
  /** Ask for none, and hold none against the server that is missing. */
  | { readonly type: 'pulse.hold' }
  /** Ask for one after that delay, then as usual. */
  | { readonly type: 'pulse.check'; readonly delayMs: number };

/** What a connection tells its epoch. */
export type EpochCommand =
  | PulseCommand
  /** End, and be done when everything is released. Calls under way may go on for `drainMs`, default 0. */
  | { readonly type: 'release'; readonly drainMs?: number };

/** Everything a connection machine may be told. */
export type ConnectionEvent = ConnectionCommand | EpochEvent | DoneActorEvent<EpochOutcome, 'epoch'>;

/** What a connection tells its supervisor; it names itself by the id of its actor. */
export type ConnectionMessage =
  /** It serves, but is old, or its process large: another one may take over. */
  | { readonly type: 'connection.worn'; readonly connection: string }
  /** Asked to close, and nothing of it is left (`abandoned`: except what did not end in time). */
  | { readonly type: 'connection.released'; readonly connection: string; readonly abandoned: boolean }
  /** Closed by a fault that trying again cannot cure. */
  | { readonly type: 'connection.failed'; readonly connection: string; readonly fault: Fault };
