/**
 * Everything the chart of the supervisor refers to by name: its guards and delays, and its actions, each of which is
 * one answer from `membership.ts`, `replacement.ts`, `crash.ts`, `world-gate.ts` or `disposal.ts`. The chart is in
 * `machine.ts`.
 */

import { type AnyActorRef, assign, enqueueActions, setup } from 'xstate';
import { drainTimeMs } from '../connection/drain.ts';
import { groundOf } from '../connection/ground.ts';
import { connectionMachine } from '../connection/machine.ts';
import { releaseBudget } from '../connection/release.ts';
import { type Child, childById, isAlive, lastAlive } from './child.ts';
import { answerExit, exitOf, forgetRestart } from './crash.ts';
import { abandonAll, abandonLast, closeLast, dropIdle } from './disposal.ts';
import type { SupervisorEvent } from './events.ts';
import { addServer, finishChild, removeServer, retryServer, startReady } from './membership.ts';
import { cancelReplacement, forgoReplacements, judgeCandidate, recycleServer, replaceServer } from './replacement.ts';
import type { SupervisorReport } from './report.ts';
import { type ActionScope, haveTurn, type Turn } from './turn.ts';
import { openGate, passJump, shutGate } from './world-gate.ts';

/** What a supervisor is started with. Durations in milliseconds. */
export interface SupervisorInput {
  /** Total time for disposing all children. */
  readonly closeTimeoutMs: number;
  /** From one connection to the next when many are released. */
  readonly staggerMs: number;
}

/** What the machine remembers. */
export interface SupervisorContext extends SupervisorInput {
  /** In the order in which their connections were started; those that wait come as they were added. */
  readonly children: readonly Child[];
  /** The network is lost: what is remote is held. */
  readonly frozen: boolean;
  /** While closing: until when calls under way may go on, on the monotonic clock. */
  readonly drainUntilMs: number;
}

/** How long calls may still go on while it closes. */
function drainLeftMs({ drainUntilMs }: SupervisorContext, self: AnyActorRef): number {
  return Math.max(0, drainUntilMs - groundOf(self).monotonic());
}

/** Answer an event, and start every connection that may be started after it: while it closes, none waits for that. */
function answerAndStart(scope: ActionScope & { context: SupervisorContext }, answer: (turn: Turn) => void): void {
  haveTurn(scope, (turn) => {
    answer(turn);
    startReady(turn, scope.context.frozen);
  });
}

/** Everything the chart of the supervisor refers to by name. */
export function supervisorSetup() {
  return setup({
    types: {
      context: {} as SupervisorContext,
      input: {} as SupervisorInput,
      events: {} as SupervisorEvent,
      emitted: {} as SupervisorReport,
    },
    actors: { connection: connectionMachine() },
    guards: {
      isEmpty: ({ context }) => !context.children.some((child) => isAlive(child)),
      /** It was being removed or replaced: that it ended by a crash changes nothing. */
      wasStopping: ({ context, event }) => {
        const exit = exitOf(event);
        return exit?.kind === 'crashed' && childById(context.children, exit.id)?.phase === 'stopping';
      },
    },
    delays: {
      closeDeadline: ({ context }) => context.closeTimeoutMs,
      childDeadline: ({ context, self }) => {
        const last = lastAlive(context.children);
        // A connection reports its own deadline; this one is a backstop behind it.
        return last === undefined ? 0 : releaseBudget(last.plan).epochMs + drainLeftMs(context, self) + 1_000;
      },
    },
    actions: {
      add: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'server.add') return;
        answerAndStart(scope, (turn) => addServer(turn, event.plan, event.revision));
      }),
      remove: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'server.remove') return;
        haveTurn(scope, (turn) => removeServer(turn, event.server, event.drainMs ?? 0));
      }),
      replace: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'server.replace') return;
        answerAndStart(scope, (turn) => replaceServer(turn, { ...event, reason: 'replaced' }));
      }),
      recycle: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'connection.worn') return;
        answerAndStart(scope, (turn) => recycleServer(turn, event.connection));
      }),
      cancelReplacement: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'replacement.cancel') return;
        answerAndStart(scope, (turn) => cancelReplacement(turn, event.server, event.revision));
      }),
      forgoReplacements: enqueueActions((scope) => haveTurn(scope, forgoReplacements)),
      retry: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'server.retry') return;
        answerAndStart(scope, (turn) => retryServer(turn, event.server));
      }),
      judge: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'connection.changed') return;
        answerAndStart(scope, (turn) => judgeCandidate(turn, event.connection, event.change));
      }),
      released: enqueueActions((scope) => {
        const { event } = scope;
        const id = event.type === 'connection.released' ? event.connection : exitOf(event)?.id;
        if (id === undefined) return;
        answerAndStart(scope, (turn) => finishChild(turn, id));
      }),
      answerExit: enqueueActions((scope) => {
        const { event } = scope;
        const exit = exitOf(event);
        if (exit === undefined) return;
        answerAndStart(scope, (turn) => answerExit(turn, exit));
      }),
      forgetRestart: enqueueActions((scope) => {
        const { event } = scope;
        if (event.type !== 'restart.forgotten') return;
        haveTurn(scope, (turn) => forgetRestart(turn, event.connection));
      }),
      freeze: enqueueActions((scope) => {
        haveTurn(scope, shutGate);
        scope.enqueue.assign({ frozen: true });
      }),
      thaw: enqueueActions((scope) => {
        haveTurn(scope, (turn) => openGate(turn, scope.context.staggerMs));
        scope.enqueue.assign({ frozen: false });
      }),
      passJump: enqueueActions((scope) => {
        const { context, event } = scope;
        if (event.type !== 'clock.jumped') return;
        haveTurn(scope, (turn) => passJump(turn, context.frozen, event.gapMs, context.staggerMs));
      }),
      grantDrain: assign(({ context, event, self }) => ({
        drainUntilMs:
          event.type === 'close' ? groundOf(self).monotonic() + drainTimeMs(event.drainMs) : context.drainUntilMs,
      })),
      dropIdle: enqueueActions((scope) => haveTurn(scope, dropIdle)),
      closeLast: enqueueActions((scope) => {
        const { context, self } = scope;
        haveTurn(scope, (turn) => closeLast(turn, drainLeftMs(context, self)));
      }),
      abandonLast: enqueueActions((scope) => haveTurn(scope, abandonLast)),
      abandonAll: enqueueActions((scope) => haveTurn(scope, abandonAll)),
    },
  });
}
