/**
 * What the supervisor machine knows and does: starting children in the order of their dependencies, answering
 * crashes by policy, and ending children one by one. Pure functions of context and event; the chart is in
 * `machine.ts`.
 */

import { assign, enqueueActions, setup } from 'xstate';
import type { Clock } from '../clock.ts';
import type { ConnectionCommand } from '../connection/events.ts';
import type { ConnectionMachine } from '../connection/machine.ts';
import { releaseBudget } from '../connection/release.ts';
import type { Fault } from '../fault.ts';
import { decideRestart } from '../policy/restart-intensity.ts';
import {
  actorId,
  afterRelease,
  type Child,
  childOf,
  newChild,
  serverOf,
  startable,
  startedLast,
  withChild,
  withoutChild,
} from './child.ts';
import type { SupervisorEvent } from './events.ts';
import type { SupervisorReport } from './report.ts';

/** What the supervisor machine takes from outside. */
export interface SupervisorMachineContext {
  readonly clock: Clock;
  readonly connection: ConnectionMachine;
  /** Total time for disposing all children. */
  readonly closeTimeoutMs: number;
}

/** What the machine remembers. */
export interface SupervisorContext {
  /** In the order in which their connections were started; those that wait come as they were added. */
  readonly children: readonly Child[];
}

/** Everything the chart of the supervisor refers to by name. */
export function supervisorSetup({ clock, connection, closeTimeoutMs }: SupervisorMachineContext) {
  const about = (child: Child) => ({ server: child.plan.name, epoch: child.epoch, atMs: clock.now() });
  const crashOf = (error: unknown): Fault => ({
    kind: 'crashed',
    message: error instanceof Error ? error.name : typeof error,
  });

  return setup({
    types: {
      context: {} as SupervisorContext,
      events: {} as SupervisorEvent,
      emitted: {} as SupervisorReport,
    },
    actors: { connection },
    guards: {
      isEmpty: ({ context }) => !context.children.some((child) => isAlive(child)),
      /** It was being removed or replaced: that it ended by a crash changes nothing. */
      wasStopping: ({ context, event }) => {
        const exit = exitOf(event);
        return exit?.kind === 'crashed' && childOf(context.children, exit.server)?.phase === 'stopping';
      },
    },
    delays: {
      closeDeadline: closeTimeoutMs,
      childDeadline: ({ context }) => {
        const last = lastAlive(context.children);
        // A connection reports its own deadline; this one is a backstop behind it.
        return last === undefined ? 0 : releaseBudget(last.plan).epochMs + 1_000;
      },
    },
    actions: {
      add: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.add') return;
        const child = newChild(event.plan);
        enqueue.emit({ type: 'server.added', ...about(child) });
        enqueue.assign({ children: [...context.children, child] });
      }),
      startReady: enqueueActions(({ context, enqueue }) => {
        let { children } = context;
        for (const { plan, state, epoch } of startable(children)) {
          children = startedLast(withChild(children, plan.name, { phase: 'running' }), plan.name);
          enqueue.spawnChild('connection', { id: actorId(plan.name), input: { plan, from: state, epoch } });
        }
        enqueue.assign({ children });
      }),
      remove: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.remove') return;
        const child = childOf(context.children, event.server);
        if (child === undefined) return;
        if (isAlive(child)) {
          enqueue.assign({
            children: withChild(context.children, event.server, { phase: 'stopping', successor: undefined }),
          });
          enqueue.sendTo(actorId(event.server), CLOSE);
        } else {
          enqueue.assign({ children: withoutChild(context.children, event.server) });
          enqueue.emit({ type: 'server.removed', ...about(child) });
        }
      }),
      replace: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.replace') return;
        const { plan } = event;
        const child = childOf(context.children, plan.name);
        if (child === undefined) return;
        if (isAlive(child)) {
          enqueue.assign({ children: withChild(context.children, plan.name, { phase: 'stopping', successor: plan }) });
          enqueue.sendTo(actorId(plan.name), CLOSE);
        } else {
          enqueue.assign({ children: withChild(context.children, plan.name, { phase: 'waiting', plan }) });
        }
      }),
      retry: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'server.retry') return;
        const child = childOf(context.children, event.server);
        if (child?.phase === 'running') enqueue.sendTo(actorId(event.server), RETRY);
        if (child?.phase === 'stopped') {
          enqueue.assign({ children: withChild(context.children, event.server, { phase: 'waiting', restarts: 0 }) });
        }
      }),
      note: enqueueActions(({ context, event, enqueue }) => {
        if (event.type !== 'connection.reported') return;
        const { report } = event;
        enqueue.emit(report);
        if (report.type !== 'state.changed') return;
        const change = { state: report.to, epoch: report.epoch };
        enqueue.assign({ children: withChild(context.children, report.server, change) });
      }),
      released: enqueueActions(({ context, event, enqueue }) => {
        const server = event.type === 'connection.released' ? event.server : exitOf(event)?.server;
        const child = server === undefined ? undefined : childOf(context.children, server);
        if (child === undefined) return;
        enqueue.stopChild(actorId(child.plan.name));
        enqueue.assign({ children: afterRelease(context.children, child) });
        if (child.successor === undefined) enqueue.emit({ type: 'server.removed', ...about(child) });
      }),
      /** A crash, or the end of a permanent connection: restart it, or give it up, by its policy. */
      answerExit: enqueueActions(({ context, event, enqueue }) => {
        const exit = exitOf(event);
        if (exit === undefined) return;
        const child = childOf(context.children, exit.server);
        if (child === undefined) return;
        const { plan } = child;
        const fault = event.type === 'connection.failed' ? event.fault : crashOf(exit.error);
        const decision = decideRestart(plan.restart, exit.kind, child.restarts, plan.maxRestarts);
        if (decision === 'drop' && exit.kind === 'closed') return;
        enqueue.stopChild(actorId(plan.name));
        if (decision === 'restart') {
          const restarts = child.restarts + 1;
          enqueue.assign({ children: withChild(context.children, plan.name, { phase: 'waiting', restarts }) });
          enqueue.emit({ type: 'server.restarted', ...about(child), cause: fault, restarts });
          enqueue.raise({ type: 'restart.forgotten', server: plan.name }, { delay: plan.withinMs });
          return;
        }
        const to = decision === 'park' ? 'reconnecting' : 'closed';
        const parked = decision === 'park' ? { parked: true as const } : undefined;
        enqueue.assign({ children: withChild(context.children, plan.name, { phase: 'stopped', state: to }) });
        enqueue.emit({
          type: 'state.changed',
          ...about(child),
          from: child.state,
          to,
          attempt: 0,
          losses: 0,
          cause: fault,
          ...parked,
        });
        if (decision === 'park') enqueue.emit({ type: 'server.escalated', ...about(child), cause: fault });
      }),
      forgetRestart: assign(({ context, event }) => {
        const child = event.type === 'restart.forgotten' ? childOf(context.children, event.server) : undefined;
        if (child === undefined) return {};
        return {
          children: withChild(context.children, child.plan.name, { restarts: Math.max(0, child.restarts - 1) }),
        };
      }),
      /** While closing: what has no connection is not started any more. */
      dropIdle: enqueueActions(({ context, enqueue }) => {
        for (const child of context.children)
          if (!isAlive(child)) enqueue.emit({ type: 'server.removed', ...about(child) });
        enqueue.assign({ children: context.children.filter((child) => isAlive(child)) });
      }),
      closeLast: enqueueActions(({ context, enqueue }) => {
        const last = lastAlive(context.children);
        if (last === undefined) return;
        enqueue.assign({
          children: withChild(context.children, last.plan.name, { phase: 'stopping', successor: undefined }),
        });
        enqueue.sendTo(actorId(last.plan.name), CLOSE);
      }),
      abandonLast: enqueueActions(({ context, enqueue }) => {
        const last = lastAlive(context.children);
        if (last === undefined) return;
        enqueue.stopChild(actorId(last.plan.name));
        enqueue.assign({ children: withoutChild(context.children, last.plan.name) });
        enqueue.emit({ type: 'server.removed', ...about(last) });
      }),
      abandonAll: enqueueActions(({ context, enqueue }) => {
        for (const child of context.children) {
          if (isAlive(child)) enqueue.stopChild(actorId(child.plan.name));
          enqueue.emit({ type: 'server.removed', ...about(child) });
        }
        enqueue.assign({ children: [] });
      }),
    },
  });
}

const CLOSE: ConnectionCommand = { type: 'close' };
const RETRY: ConnectionCommand = { type: 'retry' };

function isAlive(child: Child): boolean {
  return child.phase === 'running' || child.phase === 'stopping';
}

function lastAlive(children: readonly Child[]): Child | undefined {
  return children.findLast(isAlive);
}

function exitOf(event: SupervisorEvent) {
  if (event.type === 'connection.failed') return { kind: 'closed' as const, server: event.server, error: undefined };
  if (!('actorId' in event)) return undefined;
  return { kind: 'crashed' as const, server: serverOf(event.actorId), error: event.error };
}
