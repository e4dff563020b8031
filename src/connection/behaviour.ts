/**
 * What the connection machine does: its guards, delays and actions, each a function of context, event and the ground
 * it stands on, where time and chance come from. The chart that uses them is in `machine.ts`.
 */

import { type AnyActorRef, assign, emit, enqueueActions, type StateValue, setup } from 'xstate';
import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';
import { awaitsPerson, isIncurable } from '../policy/incurable.ts';
import { mayBeNetworkLoss } from '../policy/network-loss.ts';
import type { ConnectionContext, ConnectionInput, EpochInput } from './context.ts';
import { drainTimeMs, releaseDrainMs } from './drain.ts';
import { fromEffect } from './effect-actor.ts';
import type { ConnectionEvent, ConnectionMessage, EpochEvent } from './events.ts';
import { groundOf } from './ground.ts';
import { releaseBudget } from './release.ts';
import { heldPlan, retryAfterLeftMs, retryPlan } from './retry-plan.ts';
import type { ConnectionReport } from './state-change.ts';

/** The step that an action is part of. */
interface Step {
  readonly event: ConnectionEvent | { readonly type: 'xstate.init'; readonly input: ConnectionInput };
  readonly self: AnyActorRef;
}

/** The state that was announced last: the one it was in before this step. */
function stateBefore({ event, self }: Step): ConnectionState {
  // The first step begins without one; the types of the actions leave its event out.
  if (event.type === 'xstate.init') return event.input.from;
  const { value } = self.getSnapshot() as { readonly value: StateValue };
  return (typeof value === 'string' ? value : Object.keys(value)[0]) as ConnectionState;
}

/** What is reported of a change to a state. */
function changeOf(context: ConnectionContext, step: Step, to: ConnectionState): ConnectionReport {
  const { plan, epoch, attempt, losses, cause, parked, frozen, retryInMs } = context;
  const from = stateBefore(step);
  const atMs = groundOf(step.self).now();
  const why = cause === undefined || to === 'ready' || to === 'initializing' ? undefined : { cause };
  const how = frozen ? { held: true as const } : parked ? { parked: true as const } : undefined;
  const next = to !== 'reconnecting' ? undefined : { retryInMs, ...how };
  const change = { type: 'state.changed', server: plan.name, epoch, atMs, from, to, attempt } as const;
  return { ...change, losses: Math.floor(losses), ...why, ...next };
}

/** A plan to try again, with the moment in which that is due. */
function due<P extends { readonly retryInMs: number }>(plan: P, self: AnyActorRef) {
  return { ...plan, retryAtMs: groundOf(self).monotonic() + plan.retryInMs };
}

/** Everything the chart of a connection refers to by name. */
export function connectionSetup() {
  return setup({
    types: {
      context: {} as ConnectionContext,
      input: {} as ConnectionInput,
      events: {} as ConnectionEvent,
      emitted: {} as ConnectionReport,
    },
    actors: { epoch: fromEffect<EpochInput, EpochEvent>((scope, self) => groundOf(self).beginEpoch(scope)) },
    guards: {
      isIncurable: ({ context, event }) =>
        'fault' in event && isIncurable(event.fault) && !context.wasReady && !awaitsPerson(event.fault),
      isOld: ({ context, event }) => 'epoch' in event && event.epoch !== context.epoch,
      isGone: ({ context }) => !context.holding,
      isHurried: ({ context }) => context.hurried,
      isParked: ({ context }) => context.parked,
      isFrozen: ({ context }) => context.frozen,
      isClosing: ({ context }) => context.closing,
      isDraining: ({ context }) => context.drainMs > 0,
    },
    delays: {
      connectDeadline: ({ context, self }) => Math.max(0, context.connectByMs - groundOf(self).monotonic()),
      // As announced: what was released meanwhile took its time of it.
      backoff: ({ context, self }) => Math.max(0, context.retryAtMs - groundOf(self).monotonic()),
      releaseDeadline: ({ context }) => releaseBudget(context.plan).epochMs + releaseDrainMs(context),
    },
    actions: {
      reportEvent: enqueueActions(({ context: { plan }, event, enqueue, self }) => {
        if (event.type !== 'heartbeat.missed' && event.type !== 'heartbeat.disabled' && event.type !== 'release.failed')
          return;
        enqueue.emit({ ...event, server: plan.name, atMs: groundOf(self).now() });
      }),
      tellFailed: enqueueActions(({ context: { cause, closing, hurried }, enqueue, self }) => {
        if (closing || hurried || cause === undefined || self._parent === undefined) return;
        enqueue.sendTo(self._parent, {
          type: 'connection.failed',
          connection: self.id,
          fault: cause,
        } satisfies ConnectionMessage);
      }),
      tellWorn: enqueueActions(({ enqueue, self }) => {
        if (self._parent === undefined) return;
        enqueue.sendTo(self._parent, { type: 'connection.worn', connection: self.id } satisfies ConnectionMessage);
      }),
      tellReleased: enqueueActions(({ context: { abandoned }, enqueue, self }) => {
        if (self._parent === undefined) return;
        enqueue.sendTo(self._parent, {
          type: 'connection.released',
          connection: self.id,
          abandoned,
        } satisfies ConnectionMessage);
      }),
      announce: emit(({ context, event, self }, to: ConnectionState) => changeOf(context, { event, self }, to)),
      beginEpoch: assign(({ context: { plan, revision, epoch: last, attempt }, self, spawn }) => {
        const ground = groundOf(self);
        const epoch = ground.numbers.next(plan.name, last);
        spawn('epoch', { id: 'epoch', input: { server: plan.name, connection: self.id, revision, epoch } });
        return {
          epoch,
          attempt: attempt + 1,
          holding: true,
          parked: false,
          hurried: false,
          readySinceMs: undefined,
          connectByMs: ground.monotonic() + plan.connectTimeoutMs,
        };
      }),
      /** The time in which it has to be ready is its own: what it waited for others does not count. */
      beAdmitted: assign(({ context: { plan }, self }) => ({
        connectByMs: groundOf(self).monotonic() + plan.connectTimeoutMs,
      })),
      releaseEpoch: enqueueActions(({ context, enqueue }) => {
        if (context.holding) enqueue.sendTo('epoch', { type: 'release', drainMs: releaseDrainMs(context) });
      }),
      endEpoch: enqueueActions(({ enqueue }) => {
        enqueue.stopChild('epoch');
        enqueue.assign({ holding: false });
      }),
      abandonEpoch: enqueueActions(({ context: { plan, epoch }, enqueue, self }) => {
        enqueue.stopChild('epoch');
        enqueue.assign({ holding: false, abandoned: true });
        const where = { server: plan.name, epoch, atMs: groundOf(self).now() };
        enqueue.emit({ type: 'release.failed', ...where, resource: 'epoch', reason: 'timed-out' });
      }),
      blame: assign((_, fault: Fault) => ({ cause: fault })),
      blameEvent: assign(({ context, event }) => ({ cause: 'fault' in event ? event.fault : context.cause })),
      blameOutcome: assign(({ context, event }) => ({
        cause: 'output' in event && event.output.kind === 'failed' ? event.output.fault : context.cause,
      })),
      planRetry: assign(({ context, self }) => due(retryPlan(context, groundOf(self), groundOf(self).random), self)),
      beReady: assign(({ self }) => ({ wasReady: true, readySinceMs: groundOf(self).monotonic() })),
      /** An answered call refunds the attempts, as service for long enough does; nobody looks before it ends. */
      countService: assign(({ context: { plan, attempt, readySinceMs }, event, self }) => {
        const servedMs = groundOf(self).monotonic() - (readySinceMs ?? Number.POSITIVE_INFINITY);
        const isProven = ('served' in event && event.served) || servedMs >= plan.stableAfterMs;
        return { attempt: isProven ? 0 : attempt };
      }),
      beFrozen: assign({ frozen: true }),
      beThawed: assign({ frozen: false }),
      /** What was about to be tried waits; an attempt that failed because the world was going is not counted. */
      beHeld: assign(({ context: { plan, attempt, cause }, self }) => ({
        ...due(heldPlan(plan, groundOf(self).random), self),
        frozen: true,
        attempt: cause !== undefined && mayBeNetworkLoss(cause) ? Math.max(0, attempt - 1) : attempt,
      })),
      beReleased: assign(({ context, event, self }) => {
        const leftMs = retryAfterLeftMs(context.notBeforeMs, groundOf(self));
        const retryInMs = 'delayMs' in event ? Math.max(event.delayMs, leftMs) : 0;
        return { frozen: false, parked: false, ...due({ retryInMs }, self) };
      }),
      holdPulse: enqueueActions(({ context, enqueue }) => {
        if (context.holding) enqueue.sendTo('epoch', { type: 'pulse.hold' });
      }),
      checkPulse: enqueueActions(({ context, event, enqueue }) => {
        if (context.holding && event.type === 'thaw') {
          enqueue.sendTo('epoch', { type: 'pulse.check', delayMs: event.delayMs });
        }
      }),
      hurry: assign({ hurried: true }),
      beClosing: assign(({ event }) => ({
        closing: true,
        cause: undefined,
        drainMs: event.type === 'close' ? drainTimeMs(event.drainMs) : 0,
      })),
    },
  });
}
