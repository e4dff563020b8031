/**
 * Everything the chart of the supervisor refers to by name: its guards and delays, and its actions, each of which is
 * one answer from `membership.ts`, `replacement.ts`, `crash.ts`, `world-gate.ts` or `disposal.ts`. The chart is in
 * `machine.ts`.
 */

import { assign, enqueueActions, setup } from 'xstate';
import type { Clock, Random } from '../clock.ts';
import { drainTimeMs } from '../connection/drain.ts';
import type { ConnectionMachine } from '../connection/machine.ts';
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

/** What the supervisor machine takes from outside. */
export interface SupervisorMachineContext {
  readonly clock: Clock;
  readonly connection: ConnectionMachine;
  /** Total time for disposing all children. */
  readonly closeTimeoutMs: number;
  readonly random: Random;
  /** From one connection to the next when many are released. */
  readonly staggerMs: number;
}

/** What the machine remembers. */
export interface SupervisorContext {
  /** In the order in which their connections were started; those that wait come as they were added. */
  readonly children: readonly Child[];
  /** The network is lost: what is remote is held. */
  readonly frozen: boolean;
  /** While closing: until when calls under way may go on, on the monotonic clock. */
  readonly drainUntilMs: number;
}

/** Everything the chart of the supervisor refers to by name. */
export function supervisorSetup(context: SupervisorMachineContext) {
  const { clock, connection, closeTimeoutMs, random, staggerMs } = context;
  const drainLeftMs = ({ drainUntilMs }: SupervisorContext) => Math.max(0, drainUntilMs - clock.monotonic());
  const gate = () => ({ random, staggerMs, atMs: clock.now() });
  return setup({
    types: {
      context: {} as SupervisorContext,
      events: {} as SupervisorEvent,
      emitted: {} as SupervisorReport,
    },
    actors: { connection },
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
      closeDeadline: closeTimeoutMs,
      childDeadline: ({ context }) => {
        const last = lastAlive(context.children);
        // A connection reports its own deadline; this one is a backstop behind it.
        return last === undefined ? 0 : releaseBudget(last.plan).epochMs + drainLeftMs(context) + 1_000;
      },
    },
    actions: {
      add: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.add') return;
        haveTurn(context.children, enqueue, (turn) => addServer(turn, event.plan, event.revision, clock.now()));
      }),
      startReady: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => startReady(turn, context.frozen));
      }),
      remove: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.remove') return;
        haveTurn(context.children, enqueue, (turn) =>
          removeServer(turn, event.server, event.drainMs ?? 0, clock.now()),
        );
      }),
      replace: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.replace') return;
        haveTurn(context.children, enqueue, (turn) =>
          replaceServer(turn, { ...event, reason: 'replaced' }, clock.now()),
        );
      }),
      recycle: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'connection.worn') return;
        haveTurn(context.children, enqueue, (turn) => recycleServer(turn, event.connection, clock.now()));
      }),
      cancelReplacement: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'replacement.cancel') return;
        haveTurn(context.children, enqueue, (turn) =>
          cancelReplacement(turn, event.server, event.revision, clock.now()),
        );
      }),
      forgoReplacements: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, forgoReplacements);
      }),
      retry: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.retry') return;
        haveTurn(context.children, enqueue, (turn) => retryServer(turn, event.server));
      }),
      note: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'connection.reported') return;
        haveTurn(context.children, enqueue, (turn) => noteReport(turn, event.connection, event.report, clock.now()));
      }),
      released: enqueueActions(({ context, event, enqueue }) => {
        const id = event.type === 'connection.released' ? event.connection : exitOf(event)?.id;
        if (id === undefined) return;
        haveTurn(context.children, enqueue, (turn) => finishChild(turn, id, clock.now()));
      }),
      answerExit: enqueueActions(({ context, event, enqueue }) => {
        const exit = exitOf(event);
        if (exit === undefined) return;
        haveTurn(context.children, enqueue, (turn) => answerExit(turn, exit, clock.now()));
      }),
      forgetRestart: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'restart.forgotten') return;
        haveTurn(context.children, enqueue, (turn) => forgetRestart(turn, event.connection));
      }),
      freeze: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => shutGate(turn, clock.now()));
        enqueue.assign({ frozen: true });
      }),
      thaw: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => openGate(turn, gate()));
        enqueue.assign({ frozen: false });
      }),
      passJump: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'clock.jumped') return;
        haveTurn(context.children, enqueue, (turn) => passJump(turn, context.frozen, event.gapMs, gate()));
      }),
      grantDrain: assign(({ context, event }) => ({
        drainUntilMs: event.type === 'close' ? clock.monotonic() + drainTimeMs(event.drainMs) : context.drainUntilMs,
      })),
      dropIdle: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => dropIdle(turn, clock.now()));
      }),
      closeLast: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => closeLast(turn, drainLeftMs(context)));
      }),
      abandonLast: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => abandonLast(turn, clock.now()));
      }),
      abandonAll: enqueueActions(({ context, enqueue }) => {
        haveTurn(context.children, enqueue, (turn) => abandonAll(turn, clock.now()));
      }),
    },
  });
}
