/** Which servers there are: adding, removing, replacing and retrying them, and starting those that may be started. */

import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionReport } from '../connection/state-change.ts';
import {
  type Child,
  childById,
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
export function addServer(turn: Turn, plan: SupervisionPlan, revision: number, atMs: number): void {
  const child = newChild(plan, revision);
  turn.emit({ type: 'server.added', ...aboutChild(child, atMs) });
  turn.children = [...turn.children, child];
}

/** Start every connection that waits although everything it depends on is ready. */
export function startReady(turn: Turn, isFrozen: boolean): void {
  for (const { id, plan, revision, state, epoch } of startable(turn.children)) {
    turn.children = startedLast(withChild(turn.children, id, { phase: 'running' }), id);
    const frozen = isFrozen && plan.remote;
    turn.spawnChild('connection', { id, input: { plan, revision, from: state, epoch, frozen } });
  }
}

/** Forget a server, once its connection is gone. */
export function removeServer(turn: Turn, server: string, drainMs: number, atMs: number): void {
  const child = childOf(turn.children, server);
  if (child === undefined) return;
  if (isAlive(child)) {
    turn.children = withChild(turn.children, child.id, { phase: 'stopping', successor: undefined });
    turn.sendTo(child.id, { type: 'close', drainMs });
  } else {
    turn.children = withoutChild(turn.children, child.id);
    turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
  }
}

/** Let a new plan take over, once the present connection is gone. */
export function replaceServer(turn: Turn, plan: SupervisionPlan, revision: number): void {
  const child = childOf(turn.children, plan.name);
  if (child === undefined) return;
  if (isAlive(child)) {
    turn.children = withChild(turn.children, child.id, { phase: 'stopping', successor: { plan, revision } });
    turn.sendTo(child.id, { type: 'close' });
  } else {
    turn.children = withChild(turn.children, child.id, { phase: 'waiting', plan, revision });
  }
}

/** Somebody wants the next attempt of a server now. */
export function retryServer(turn: Turn, server: string): void {
  const child = childOf(turn.children, server);
  if (child?.phase === 'running') turn.sendTo(child.id, { type: 'retry' });
  if (child?.phase === 'stopped') turn.children = withChild(turn.children, child.id, { phase: 'waiting', restarts: 0 });
}

/** A connection reported: make it known, and remember its state. */
export function noteReport(turn: Turn, id: string, report: ConnectionReport): void {
  turn.emit(report);
  if (report.type === 'state.changed') {
    turn.children = withChild(turn.children, id, { state: report.to, epoch: report.epoch });
  }
}

/** A connection that was asked to close is gone: its successor waits, or nothing is left of the server. */
export function finishChild(turn: Turn, id: string, atMs: number): void {
  const child = childById(turn.children, id);
  if (child === undefined) return;
  const { successor } = child;
  turn.stopChild(id);
  if (successor === undefined) {
    turn.children = withoutChild(turn.children, id);
    turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
  } else {
    const fresh = { phase: 'waiting', successor: undefined, restarts: 0 } as const;
    turn.children = withChild(turn.children, id, { ...successor, ...fresh });
  }
}

/** What every event about a child says. */
export function aboutChild({ plan, epoch }: Child, atMs: number) {
  return { server: plan.name, epoch, atMs };
}
