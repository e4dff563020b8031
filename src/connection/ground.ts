/**
 * What the machines stand on: time, chance, numbers, and how an epoch is begun. The charts are made once for the
 * process and all supervisors share them, so it comes to them as the clock of the actor system, which XState gives to
 * every actor of it and shows to no inspector.
 */

import type { Fiber } from 'effect/Fiber';
import type { AnyActorRef } from 'xstate';
import type { Clock, Random } from '../clock.ts';
import type { Fault } from '../fault.ts';
import type { EpochInput } from './context.ts';
import type { EffectActorScope } from './effect-actor.ts';
import type { EpochNumbers } from './epoch-numbers.ts';
import type { EpochEvent } from './events.ts';
import type { Lives } from './lives.ts';
import type { ConnectionReport } from './state-change.ts';

/** What the actors of one supervisor take from outside, besides time. */
export interface GroundParts {
  readonly random: Random;
  readonly numbers: Pick<EpochNumbers, 'next'>;
  readonly lives: Lives;
  /** Hear what the connection whose actor has that id reports. */
  readonly hear: (connection: string, report: ConnectionReport) => void;
  /** Begin an epoch: its fiber outlives the actor, if it must. */
  readonly beginEpoch: (scope: EffectActorScope<EpochInput, EpochEvent>) => Fiber<never, Fault>;
}

/** The ground of one actor system: given to `createActor` as its clock. */
export interface Ground extends Clock, GroundParts {}

/** Put the parts on a clock. */
export function groundOn(clock: Clock, parts: GroundParts): Ground {
  return {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    setTimeout: (callback, delayMs) => clock.setTimeout(callback, delayMs),
    clearTimeout: (timer) => clock.clearTimeout(timer),
    ...parts,
  };
}

/** The ground that an actor stands on. */
export function groundOf(actor: AnyActorRef): Ground {
  // Every actor has the clock of its system; the type of a reference leaves it out.
  return (actor as unknown as { readonly clock: Ground }).clock;
}
