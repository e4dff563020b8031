/** Which servers there are: adding, removing, replacing and retrying them, and starting those that may be started. */

import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionReport } from '../connection/state-change.ts';
import {
  actorId,
  afterRelease,
  type Child,
  childOf,
  isAlive,
  newChild,
  startable,
  startedLast,
  withChild,
  withoutChild,
} from './child.ts';
import type { Turn } from './turn.ts';

/** Remember a server; it is started when what it depends on is ready. */
export function addServer(turn: Turn, plan: SupervisionPlan, atMs: number): void {
  const child = newChild(plan);
  turn.emit({ type: 'server.added', ...aboutChild(child, atMs) });
  turn.children = [...turn.children, child];
}

/** Start every connection that waits although everything it depends on is ready. */
export function startReady(turn: Turn): void {
  for (const { plan, state, epoch } of startable(turn.children)) {
    turn.children = startedLast(withChild(turn.children, plan.name, { phase: 'running' }), plan.name);
    turn.spawnChild('connection', { id: actorId(plan.name), input: { plan, from: state, epoch } });
  }
}

/** Forget a server, once its connection is gone. */
export function removeServer(turn: Turn, server: string, atMs: number): void {
  const child = childOf(turn.children, server);
  if (child === undefined) return;
  if (isAlive(child)) {
    turn.children = withChild(turn.children, server, { phase: 'stopping', successor: undefined });
    turn.sendTo(actorId(server), { type: 'close' });
  } else {
    turn.children = withoutChild(turn.children, server);
    turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
  }
}

/** Let a new plan take over, once the present connection is gone. */
export function replaceServer(turn: Turn, plan: SupervisionPlan): void {
  const child = childOf(turn.children, plan.name);
  if (child === undefined) return;
  if (isAlive(child)) {
    turn.children = withChild(turn.children, plan.name, { phase: 'stopping', successor: plan });
    turn.sendTo(actorId(plan.name), { type: 'close' });
  } else {
    turn.children = withChild(turn.children, plan.name, { phase: 'waiting', plan });
  }
}

/** Somebody wants the next attempt of a server now. */
export function retryServer(turn: Turn, server: string): void {
  const child = childOf(turn.children, server);
  if (child?.phase === 'running') turn.sendTo(actorId(server), { type: 'retry' });
  if (child?.phase === 'stopped') {
    turn.children = withChild(turn.children, server, { phase: 'waiting', restarts: 0 });
  }
}

/** A connection reported: make it known, and remember its state. */
export function noteReport(turn: Turn, report: ConnectionReport): void {
  turn.emit(report);
  if (report.type !== 'state.changed') return;
  turn.children = withChild(turn.children, report.server, { state: report.to, epoch: report.epoch });
}

/** A connection that was asked to close is gone: its successor waits, or nothing is left of the server. */
export function finishChild(turn: Turn, server: string, atMs: number): void {
  const child = childOf(turn.children, server);
  if (child === undefined) return;
  turn.stopChild(actorId(server));
  turn.children = afterRelease(turn.children, child);
  if (child.successor === undefined) turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
}

/** What every event about a child says. */
export function aboutChild({ plan, epoch }: Child, atMs: number) {
  return { server: plan.name, epoch, atMs };
}
