/** The answer to a crash, or to the end of a permanent connection: restart it, or give it up, by its policy. */

import type { Fault } from '../fault.ts';
import { decideRestart } from '../policy/restart-intensity.ts';
import { type Child, childById, withChild } from './child.ts';
import type { SupervisorEvent } from './events.ts';
import { failCandidate } from './replacement.ts';
import type { Turn } from './turn.ts';

/** How a connection ended that was not asked to. */
export interface ChildExit {
  readonly kind: 'closed' | 'crashed';
  /** The id of its actor. */
  readonly id: string;
  readonly fault: Fault;
}

/** The exit that an event tells of, where it tells of one. */
export function exitOf(event: SupervisorEvent): ChildExit | undefined {
  if (event.type === 'connection.failed') return { kind: 'closed', id: event.connection, fault: event.fault };
  if (!('actorId' in event)) return undefined;
  const message = event.error instanceof Error ? event.error.name : typeof event.error;
  return { kind: 'crashed', id: event.actorId, fault: { kind: 'crashed', message } };
}

/** Restart a connection that ended, park its server, or leave it closed. */
export function answerExit(turn: Turn, { kind, id, fault }: ChildExit): void {
  const child = childById(turn.children, id);
  if (child === undefined) return;
  if (child.role === 'candidate') return failCandidate(turn, child, fault);
  const { plan } = child;
  const decision = decideRestart(plan.restart, kind, child.restarts, plan.maxRestarts);
  if (decision === 'drop' && kind === 'closed') return;
  turn.stopChild(id);
  if (decision === 'restart') restart(turn, child, fault);
  else giveUp(turn, child, decision === 'park', fault);
}

/** A restart is older than the window in which it counts. */
export function forgetRestart(turn: Turn, id: string): void {
  const child = childById(turn.children, id);
  if (child === undefined) return;
  turn.children = withChild(turn.children, id, { restarts: Math.max(0, child.restarts - 1) });
}

function restart(turn: Turn, child: Child, cause: Fault): void {
  const restarts = child.restarts + 1;
  turn.children = withChild(turn.children, child.id, { phase: 'waiting', restarts });
  turn.emit({ type: 'server.restarted', ...turn.about(child), cause, restarts });
  turn.raise({ type: 'restart.forgotten', connection: child.id }, { delay: child.plan.withinMs });
}

function giveUp(turn: Turn, child: Child, isParked: boolean, cause: Fault): void {
  const about = turn.about(child);
  const { state: from } = turn.lifeOf(child);
  const to = isParked ? 'reconnecting' : 'closed';
  const parked = isParked ? { parked: true as const } : undefined;
  turn.children = withChild(turn.children, child.id, { phase: 'stopped' });
  turn.noteLife(child, { state: to, epoch: about.epoch });
  const change = { from, to, attempt: 0, losses: 0, cause } as const;
  turn.emit({ type: 'state.changed', ...about, ...change, ...parked });
  if (isParked) turn.emit({ type: 'server.escalated', ...about, cause });
}
