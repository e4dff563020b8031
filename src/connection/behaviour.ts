/**
 * What the connection machine knows and does: its context, guards, delays and actions, each a pure function of
 * context and event. Time and chance come in as arguments; the chart that uses them is in `machine.ts`.
 */

import { type AnyActorRef, assign, enqueueActions, setup } from 'xstate';
import type { Clock, Random } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionState } from '../connection-state.ts';
import type { Fault } from '../fault.ts';
import { nextDelayMs, spreadMs } from '../policy/backoff.ts';
import { awaitsPerson, isIncurable } from '../policy/incurable.ts';
import { lossesAfter } from '../policy/loss-budget.ts';
import { isNetworkLoss, mayBeNetworkLoss } from '../policy/network-loss.ts';
import { drainTimeMs } from './drain.ts';
import type { EffectActorLogic } from './effect-actor.ts';
import type { EpochNumbers } from './epoch-numbers.ts';
import type { ConnectionEvent, ConnectionMessage } from './events.ts';
import { releaseBudget } from './release.ts';
import type { ConnectionReport } from './state-change.ts';

/** What a connection is started with. A restarted one goes on with the numbers of the one before. */
export interface ConnectionInput {
  readonly plan: SupervisionPlan;
  /** Which configuration of the server it is opened with. */
  readonly revision: number;
  readonly from: ConnectionState;
  readonly epoch: number;
  /** The world is gone at the start: see `freeze`. */
  readonly frozen: boolean;
}

/** What the machine remembers. */
export interface ConnectionContext {
  readonly plan: SupervisionPlan;
  readonly revision: number;
  /** The state last announced. */
  readonly state: ConnectionState;
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

/** What the machine takes from outside: time, chance, and how an epoch is run. */
export interface ConnectionMachineContext {
  readonly clock: Clock;
  readonly random: Random;
  readonly numbers: Pick<EpochNumbers, 'next'>;
  readonly epoch: EffectActorLogic<EpochInput>;
}

/** Where a report goes: to observers of this actor, and to its supervisor where it has one. */
interface Outlet {
  emit(report: ConnectionReport): void;
  sendTo(parent: AnyActorRef, message: ConnectionMessage): void;
}

function deliver(outlet: Outlet, self: AnyActorRef, report: ConnectionReport): void {
  outlet.emit(report);
  if (self._parent) outlet.sendTo(self._parent, { type: 'connection.reported', connection: self.id, report });
}

/** Everything the chart of a connection refers to by name. */
export function connectionSetup({ clock, random, numbers, epoch: epochLogic }: ConnectionMachineContext) {
  return setup({
    types: {
      context: {} as ConnectionContext,
      input: {} as ConnectionInput,
      events: {} as ConnectionEvent,
      emitted: {} as ConnectionReport,
    },
    actors: { epoch: epochLogic },
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
      connectDeadline: ({ context }) => Math.max(0, context.connectByMs - clock.monotonic()),
      backoff: ({ context }) => context.retryInMs,
      stable: ({ context }) => context.plan.stableAfterMs,
      releaseDeadline: ({ context }) => releaseBudget(context.plan).epochMs + context.drainMs,
    },
    actions: {
      reportEvent: enqueueActions(({ context: { plan }, event, enqueue, self }) => {
        if (event.type !== 'heartbeat.missed' && event.type !== 'heartbeat.disabled' && event.type !== 'release.failed')
          return;
        deliver(enqueue, self, { ...event, server: plan.name, atMs: clock.now() });
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
      announce: enqueueActions(({ context, enqueue, self }, to: ConnectionState) => {
        const { plan, state, epoch, attempt, losses, cause, parked, frozen, retryInMs } = context;
        const why = cause === undefined || to === 'ready' || to === 'initializing' ? undefined : { cause };
        const how = frozen ? { held: true as const } : parked ? { parked: true as const } : undefined;
        const next = to !== 'reconnecting' ? undefined : { retryInMs, ...how };
        enqueue.assign({ state: to });
        const change = {
          type: 'state.changed',
          server: plan.name,
          epoch,
          atMs: clock.now(),
          from: state,
          to,
          attempt,
          losses: Math.floor(losses),
        } as const;
        deliver(enqueue, self, { ...change, ...why, ...next });
      }),
      beginEpoch: assign(({ context }) => ({
        epoch: numbers.next(context.plan.name, context.epoch),
        attempt: context.attempt + 1,
        holding: true,
        parked: false,
        hurried: false,
        readySinceMs: undefined,
        connectByMs: clock.monotonic() + context.plan.connectTimeoutMs,
      })),
      openEpoch: enqueueActions(({ context: { plan, revision, epoch }, enqueue, self }) => {
        const input = { server: plan.name, connection: self.id, revision, epoch };
        enqueue.spawnChild('epoch', { id: 'epoch', input });
      }),
      releaseEpoch: enqueueActions(({ context, enqueue }) => {
        if (context.holding) enqueue.sendTo('epoch', { type: 'release', drainMs: context.drainMs });
      }),
      endEpoch: enqueueActions(({ enqueue }) => {
        enqueue.stopChild('epoch');
        enqueue.assign({ holding: false });
      }),
      abandonEpoch: enqueueActions(({ context: { plan, epoch }, enqueue, self }) => {
        enqueue.stopChild('epoch');
        enqueue.assign({ holding: false, abandoned: true });
        const where = { server: plan.name, epoch, atMs: clock.now() };
        deliver(enqueue, self, { type: 'release.failed', ...where, resource: 'epoch', reason: 'timed-out' });
      }),
      blame: assign((_, fault: Fault) => ({ cause: fault })),
      blameEvent: assign(({ context, event }) => ({ cause: 'fault' in event ? event.fault : context.cause })),
      blameOutcome: assign(({ context, event }) => ({
        cause: 'output' in event && event.output.kind === 'failed' ? event.output.fault : context.cause,
      })),
      planRetry: assign(({ context }) => {
        const { plan, attempt, cause, wasReady, readySinceMs } = context;
        // While the world is gone, whatever fails says nothing about the server.
        if (context.frozen) return { ...held(plan, random), attempt: Math.max(0, attempt - 1) };
        const retryAfterMs = cause?.kind === 'http-status' ? cause.retryAfterMs : undefined;
        const notBeforeMs = retryAfterMs === undefined ? 0 : clock.now() + retryAfterMs;
        const isHopeless = cause !== undefined && isIncurable(cause) && (wasReady || awaitsPerson(cause));
        // Without a network every server fails: that says nothing about this one.
        const isBlamed = cause === undefined || !isNetworkLoss(cause);
        const isLost = isBlamed && readySinceMs !== undefined;
        const losses = isLost
          ? lossesAfter(context.losses, clock.monotonic() - readySinceMs, plan.parkedProbeMs)
          : context.losses;
        const spent = Math.max(attempt, Math.floor(losses));
        const parked = isHopeless || (isBlamed && spent >= plan.parkAfterAttempts);
        if (parked) return { losses, parked, notBeforeMs, retryInMs: spreadMs(plan.parkedProbeMs, random) };
        return {
          losses,
          parked,
          notBeforeMs,
          retryInMs: nextDelayMs(plan.backoff, Math.max(1, spent), random, retryAfterMs),
        };
      }),
      beReady: assign(() => ({ wasReady: true, readySinceMs: clock.monotonic() })),
      beFrozen: assign({ frozen: true }),
      beThawed: assign({ frozen: false }),
      /** What was about to be tried waits; an attempt that failed because the world was going is not counted. */
      beHeld: assign(({ context: { plan, attempt, cause } }) => ({
        ...held(plan, random),
        frozen: true,
        attempt: cause !== undefined && mayBeNetworkLoss(cause) ? Math.max(0, attempt - 1) : attempt,
      })),
      beReleased: assign(({ context, event }) => ({
        frozen: false,
        parked: false,
        retryInMs: 'delayMs' in event ? Math.max(event.delayMs, restOf(context.notBeforeMs, clock.now())) : 0,
      })),
      holdPulse: enqueueActions(({ context, enqueue }) => {
        if (context.holding) enqueue.sendTo('epoch', { type: 'pulse.hold' });
      }),
      checkPulse: enqueueActions(({ context, event, enqueue }) => {
        if (context.holding && event.type === 'thaw') {
          enqueue.sendTo('epoch', { type: 'pulse.check', delayMs: event.delayMs });
        }
      }),
      refundAttempts: assign({ attempt: 0 }),
      hurry: assign({ hurried: true }),
      beClosing: assign(({ event }) => ({
        closing: true,
        cause: undefined,
        drainMs: event.type === 'close' ? drainTimeMs(event.drainMs) : 0,
      })),
    },
  });
}

/** A held connection is parked no more; like a parked one it is probed now and then, should the world be misjudged. */
function held({ parkedProbeMs }: SupervisionPlan, random: Random) {
  return { parked: false, retryInMs: spreadMs(parkedProbeMs, random) };
}

/** How long a `Retry-After` still holds, on a clock that may have been set meanwhile. */
function restOf(notBeforeMs: number, nowMs: number): number {
  return Math.min(Math.max(0, notBeforeMs - nowMs), DEFAULTS.retryAfterMaxMs);
}
