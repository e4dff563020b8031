/**
 * The machine of one connection: it decides when to open, wait, try again, park and close, and owns nothing.
 * Its context, events and input are plain data without secrets, so an inspector may show all of it. Every
 * state answers every event; what is ignored says why.
 */

import { and } from 'xstate';
import type { Fault } from '../fault.ts';
import { once } from '../once.ts';
import { connectionSetup } from './behaviour.ts';
import type { ConnectionContext } from './context.ts';

/** An event that is answered by nothing, and why. */
const ignore = (reason: string) => ({ description: reason });

/** A transition that only an event of the current epoch takes: an older epoch cannot touch a newer one. */
const current = <T>(transition: T) =>
  [{ guard: 'isOld' as const, ...ignore('of an older epoch') }, transition] as const;

/** The world went or came back: said at once, and waited for once everything of the epoch is gone. */
const gone = <S extends 'held' | 'waiting', A extends 'beHeld' | 'beReleased'>(state: S, action: A) => {
  const actions = [action, { type: 'announce' as const, params: 'reconnecting' as const }] as const;
  return [{ guard: 'isGone' as const, target: `.${state}` as const, actions }, { actions }] as const;
};

/** Opening took too long: the epoch is released and tried again. */
const tooLong = (phase: 'connecting' | 'initializing') => ({
  target: '#connection.reconnecting' as const,
  actions: {
    type: 'blame' as const,
    params: ({ context }: { context: ConnectionContext }): Fault => ({
      kind: 'timed-out',
      phase,
      afterMs: context.plan.connectTimeoutMs,
    }),
  },
});

/** The machine of all connections of this process: to make one costs as much as a connection. */
export const connectionMachine = once(() =>
  connectionSetup().createMachine({
    id: 'connection',
    initial: 'connecting',
    context: ({ input }) => ({
      plan: input.plan,
      revision: input.revision,
      epoch: input.epoch,
      attempt: 0,
      losses: 0,
      holding: false,
      wasReady: false,
      readySinceMs: undefined,
      parked: false,
      frozen: input.frozen,
      notBeforeMs: 0,
      hurried: false,
      closing: false,
      abandoned: false,
      cause: undefined,
      retryInMs: 0,
      retryAtMs: 0,
      connectByMs: 0,
      drainMs: 0,
    }),
    on: {
      close: { target: '.closed', actions: 'beClosing' },
      retry: ignore('an attempt is under way, or none is needed'),
      freeze: { actions: ['beFrozen', 'holdPulse'] },
      thaw: { actions: ['beThawed', 'checkPulse'] },
      'start.queued': ignore('only what starts waits for its turn'),
      'start.admitted': ignore('only what waits for its turn has it'),
      'transport.opened': ignore('only a connecting epoch opens its transport'),
      'link.initialized': ignore('only an initializing epoch initializes its link'),
      'wear.noticed': ignore('only what serves is taken over from for its wear'),
      'heartbeat.missed': ignore('only a ready connection has a pulse'),
      'heartbeat.answered': ignore('only a suspect connection is relieved'),
      'heartbeat.disabled': current({ actions: 'reportEvent' as const }),
      'release.failed': { actions: 'reportEvent' },
      'epoch.faulted': [
        { guard: 'isOld', ...ignore('of an older epoch') },
        { guard: 'isIncurable', target: '.closed', actions: 'blameEvent' },
        { target: '.reconnecting', actions: 'blameEvent' },
      ],
      'xstate.done.actor.epoch': { target: '.reconnecting', actions: ['blameOutcome', 'endEpoch'] },
    },
    states: {
      connecting: {
        initial: 'starting',
        entry: ['beginEpoch', { type: 'announce', params: 'connecting' }],
        on: { 'transport.opened': current({ target: 'initializing' as const }) },
        states: {
          starting: {
            after: { connectDeadline: tooLong('connecting') },
            on: { 'start.queued': current({ target: 'queued' as const }) },
          },
          queued: {
            on: { 'start.admitted': current({ target: 'starting' as const, actions: 'beAdmitted' as const }) },
          },
        },
      },
      initializing: {
        entry: { type: 'announce', params: 'initializing' },
        after: { connectDeadline: tooLong('initializing') },
        on: { 'link.initialized': current({ target: 'ready' as const }) },
      },
      ready: {
        initial: 'healthy',
        entry: ['beReady', { type: 'announce', params: 'ready' }],
        exit: 'countService',
        on: {
          'wear.noticed': current({ actions: 'tellWorn' as const }),
          'heartbeat.missed': current({ target: '.suspect' as const, actions: 'reportEvent' as const }),
        },
        states: {
          healthy: {},
          suspect: { on: { 'heartbeat.answered': current({ target: 'healthy' as const }) } },
        },
      },
      reconnecting: {
        initial: 'releasing',
        entry: ['planRetry', { type: 'announce', params: 'reconnecting' }, 'releaseEpoch'],
        on: {
          retry: { target: 'connecting' },
          freeze: gone('held', 'beHeld'),
          thaw: gone('waiting', 'beReleased'),
          'epoch.faulted': ignore('the first fault of an epoch is its cause'),
          'xstate.done.actor.epoch': ignore('an abandoned epoch ended at last'),
        },
        states: {
          releasing: {
            always: [
              { guard: and(['isGone', 'isHurried']), target: '#connection.connecting' },
              { guard: and(['isGone', 'isFrozen']), target: 'held' },
              { guard: and(['isGone', 'isParked']), target: 'parked' },
              { guard: 'isGone', target: 'waiting' },
            ],
            after: { releaseDeadline: { actions: 'abandonEpoch' } },
            on: {
              retry: { actions: 'hurry' },
              'xstate.done.actor.epoch': { actions: 'endEpoch' },
            },
          },
          waiting: { after: { backoff: '#connection.connecting' } },
          parked: { after: { backoff: '#connection.connecting' } },
          held: { after: { backoff: '#connection.connecting' } },
        },
      },
      closed: {
        initial: 'releasing',
        entry: [{ type: 'announce', params: 'closed' }, 'releaseEpoch'],
        on: {
          close: { actions: 'beClosing' },
          'epoch.faulted': ignore('it is closed already'),
          'xstate.done.actor.epoch': ignore('an abandoned epoch ended at last'),
        },
        states: {
          releasing: {
            always: { guard: 'isGone', target: 'released' },
            after: { releaseDeadline: { actions: 'abandonEpoch' } },
            on: {
              close: [
                // It has less time than it was given.
                { guard: 'isDraining', target: 'releasing', reenter: true, actions: ['beClosing', 'releaseEpoch'] },
                { actions: 'beClosing' },
              ],
              retry: { actions: 'hurry' },
              'xstate.done.actor.epoch': { actions: 'endEpoch' },
            },
          },
          released: {
            entry: 'tellFailed',
            always: [
              { guard: 'isClosing', target: 'gone' },
              { guard: 'isHurried', target: '#connection.connecting' },
            ],
            on: { retry: { target: '#connection.connecting' } },
          },
          gone: {
            entry: 'tellReleased',
            on: {
              close: ignore('it is closed already'),
              retry: ignore('it was asked to close'),
            },
          },
        },
      },
    },
  }),
);

/** The machine of connections. */
export type ConnectionMachine = ReturnType<typeof connectionMachine>;
