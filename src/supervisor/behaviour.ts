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
import { addServer, finishChild, noteReport, removeServer, retryServer, startReady } from './membership.ts';
import { cancelReplacement, forgoReplacements, recycleServer, replaceServer } from './replacement.ts';
import type { SupervisorReport } from './report.ts';
import { haveTurn } from './turn.ts';
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

/** With what the gate to the world is opened. */
function gate({ staggerMs }: SupervisorContext, self: AnyActorRef) {
  const ground = groundOf(self);
  return { random: ground.random, staggerMs, atMs: ground.now() };
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
      isAnybodyWaiting: ({ context }) => context.children.some(({ phase }) => phase === 'waiting'),
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
      add: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'server.add') return;
        haveTurn(context.children, enqueue, (turn) =>
          addServer(turn, event.plan, event.revision, groundOf(self).now()),
        );
      }),
      startReady: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => startReady(turn, context.frozen));
      }),
      remove: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'server.remove') return;
        haveTurn(context.children, enqueue, (turn) =>
          removeServer(turn, event.server, event.drainMs ?? 0, groundOf(self).now()),
        );
      }),
      replace: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'server.replace') return;
        haveTurn(context.children, enqueue, (turn) =>
          replaceServer(turn, { ...event, reason: 'replaced' }, groundOf(self).now()),
        );
      }),
      recycle: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'connection.worn') return;
        haveTurn(context.children, enqueue, (turn) => recycleServer(turn, event.connection, groundOf(self).now()));
      }),
      cancelReplacement: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'replacement.cancel') return;
        haveTurn(context.children, enqueue, (turn) =>
          cancelReplacement(turn, event.server, event.revision, groundOf(self).now()),
        );
      }),
      forgoReplacements: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, forgoReplacements);
      }),
      retry: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.retry') return;
        haveTurn(context.children, enqueue, (turn) => retryServer(turn, event.server));
      }),
      note: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'connection.reported') return;
        haveTurn(context.children, enqueue, (turn) =>
          noteReport(turn, event.connection, event.report, groundOf(self).now()),
        );
      }),
      released: enqueueActions(({ context, event, enqueue, self }) => {
        const id = event.type === 'connection.released' ? event.connection : exitOf(event)?.id;
        if (id === undefined) return;
        haveTurn(context.children, enqueue, (turn) => finishChild(turn, id, groundOf(self).now()));
      }),
      answerExit: enqueueActions(({ context, event, enqueue, self }) => {
        const exit = exitOf(event);
        if (exit === undefined) return;
        haveTurn(context.children, enqueue, (turn) => answerExit(turn, exit, groundOf(self).now()));
      }),
      forgetRestart: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'restart.forgotten') return;
        haveTurn(context.children, enqueue, (turn) => forgetRestart(turn, event.connection));
      }),
      freeze: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => shutGate(turn, groundOf(self).now()));
        enqueue.assign({ frozen: true });
      }),
      thaw: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => openGate(turn, gate(context, self)));
        enqueue.assign({ frozen: false });
      }),
      passJump: enqueueActions(({ context, event, enqueue, self }) => {
        if (event.type !== 'clock.jumped') return;
        haveTurn(context.children, enqueue, (turn) => passJump(turn, context.frozen, event.gapMs, gate(context, self)));
      }),
      grantDrain: assign(({ context, event, self }) => ({
        drainUntilMs:
          event.type === 'close' ? groundOf(self).monotonic() + drainTimeMs(event.drainMs) : context.drainUntilMs,
      })),
      dropIdle: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => dropIdle(turn, groundOf(self).now()));
      }),
      closeLast: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => closeLast(turn, drainLeftMs(context, self)));
      }),
      abandonLast: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => abandonLast(turn, groundOf(self).now()));
      }),
      abandonAll: enqueueActions(({ context, enqueue, self }) => {
        haveTurn(context.children, enqueue, (turn) => abandonAll(turn, groundOf(self).now()));
      }),
    },
  });
}
