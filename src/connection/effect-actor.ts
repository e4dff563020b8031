/**
 * Runs an Effect as an XState actor, so that *the actor is the scope*: it is `done` only when everything the
 * effect acquired has been released. A typed failure or an interruption is an outcome; only a defect is a
 * crash. `release` asks the effect to end and leaves the actor active until it has; `xstate.stop` cannot wait,
 * so the fiber goes on releasing in the nursery.
 */

import * as Cause from 'effect/Cause';
import * as Exit from 'effect/Exit';
import type { Fiber } from 'effect/Fiber';
import type { ActorLogic, ActorRefFrom, AnyActorRef, EventObject, Snapshot } from 'xstate';
import type { Fault } from '../fault.ts';
import type { EpochCommand, EpochOutcome } from './events.ts';

type EffectEvent = EpochCommand | { readonly type: 'effect.settled'; readonly exit: Exit.Exit<never, Fault> };

/** What the effect of an actor is given. */
export interface EffectActorScope<TInput, TSent extends EventObject> {
  readonly input: TInput;
  /** Tell the parent; dropped once the actor has settled or was stopped. */
  readonly tell: (event: TSent) => void;
  /** Take what the parent commands, a release before it interrupts; what came before is lost. One listener. */
  readonly listen: (listener: (command: EpochCommand) => void) => void;
}

type EffectSnapshot = Snapshot<EpochOutcome>;

/** Logic of an actor that runs one effect. */
export type EffectActorLogic<TInput> = ActorLogic<EffectSnapshot, EffectEvent, TInput>;

const ACTIVE: EffectSnapshot = { status: 'active', output: undefined, error: undefined };
const STOPPED: EffectSnapshot = { status: 'stopped', output: undefined, error: undefined };

/**
 * Make actor logic of an effect that never succeeds: it fails with a fault, is interrupted, or dies.
 *
 * `begin` starts its fiber, which may outlive the actor. The input is kept beside the snapshot, because inspectors
 * publish snapshots.
 */
export function fromEffect<TInput, TSent extends EventObject>(
  begin: (scope: EffectActorScope<TInput, TSent>, self: AnyActorRef) => Fiber<never, Fault>,
): EffectActorLogic<TInput> {
  type Self = ActorRefFrom<EffectActorLogic<TInput>>;
  const inputs = new WeakMap<Self, TInput>();
  const fibers = new WeakMap<Self, Fiber<never, Fault>>();
  const listeners = new WeakMap<Self, (command: EpochCommand) => void>();

  return {
    getInitialSnapshot: ({ self }, input) => {
      inputs.set(self, input);
      return ACTIVE;
    },
    getPersistedSnapshot: (snapshot) => snapshot,
    start: (_snapshot, { self }) => {
      const input = inputs.get(self) as TInput;
      const isActive = () => self.getSnapshot().status === 'active';
      const tell = (event: TSent) => {
        if (isActive()) self._parent?.send(event);
      };
      const fiber = begin({ input, tell, listen: (listener) => void listeners.set(self, listener) }, self);
      fibers.set(self, fiber);
      fiber.addObserver((exit) => {
        if (isActive()) self.send({ type: 'effect.settled', exit });
      });
    },
    transition: (snapshot, event, { self }) => {
      // An actor that is stopped gets XState's own stop event, which the types of a logic do not name.
      switch (event.type as EffectEvent['type'] | 'xstate.stop') {
        case 'release':
          listeners.get(self)?.(event as EpochCommand);
          fibers.get(self)?.interruptUnsafe();
          return snapshot;
        case 'xstate.stop':
          // Whoever stops it does not wait for anything.
          listeners.get(self)?.({ type: 'release' });
          fibers.get(self)?.interruptUnsafe();
          return STOPPED;
        case 'pulse.hold':
        case 'pulse.check':
          listeners.get(self)?.(event as EpochCommand);
          return snapshot;
        case 'effect.settled':
          return settle((event as Extract<EffectEvent, { type: 'effect.settled' }>).exit);
      }
    },
  };
}

function settle(exit: Exit.Exit<never, Fault>): EffectSnapshot {
  if (Exit.isSuccess(exit)) return done({ kind: 'released' });
  const defect = Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isDieReason) : undefined;
  if (defect !== undefined) return { status: 'error', output: undefined, error: defect.defect };
  const failure = exit.cause.reasons.find(Cause.isFailReason);
  return done(failure === undefined ? { kind: 'released' } : { kind: 'failed', fault: failure.error });
}

function done(output: EpochOutcome): EffectSnapshot {
  return { status: 'done', output, error: undefined };
}
