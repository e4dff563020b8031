/** The answer to a crash, or to the end of a permanent connection: restart it, or give it up, by its policy. */

import type { Fault } from '../fault.ts';
import { decideRestart } from '../policy/restart-intensity.ts';
import { actorId, type Child, childOf, serverOf, withChild } from './child.ts';
import type { SupervisorEvent } from './events.ts';
import { aboutChild } from './membership.ts';
import type { Turn } from './turn.ts';

/** How a connection ended that was not asked to. */
export interface ChildExit {
  readonly kind: 'closed' | 'crashed';
  readonly server: string;
  readonly fault: Fault;
}

/** The exit that an event tells of, where it tells of one. */
export function exitOf(event: SupervisorEvent): ChildExit | undefined {
  if (event.type === 'connection.failed') return { kind: 'closed', server: event.server, fault: event.fault };
  if (!('actorId' in event)) return undefined;
  const message = event.error instanceof Error ? event.error.name : typeof event.error;
  return { kind: 'crashed', server: serverOf(event.actorId), fault: { kind: 'crashed', message } };
}

/** Restart a connection that ended, park its server, or leave it closed. */
export function answerExit(turn: Turn, { kind, server, fault }: ChildExit, atMs: number): void {
  const child = childOf(turn.children, server);
  if (child === undefined) return;
  const { plan } = child;
  const decision = decideRestart(plan.restart, kind, child.restarts, plan.maxRestarts);
  if (decision === 'drop' && kind === 'closed') return;
  turn.stopChild(actorId(server));
  if (decision === 'restart') restart(turn, child, fault, atMs);
  else giveUp(turn, child, decision === 'park', fault, atMs);
}

/** A restart is older than the window in which it counts. */
export function forgetRestart(turn: Turn, server: string): void {
  const child = childOf(turn.children, server);
  if (child === undefined) return;
  turn.children = withChild(turn.children, server, { restarts: Math.max(0, child.restarts - 1) });
}

function restart(turn: Turn, child: Child, cause: Fault, atMs: number): void {
  const { name: server, withinMs } = child.plan;
  const restarts = child.restarts + 1;
  turn.children = withChild(turn.children, server, { phase: 'waiting', restarts });
  turn.emit({ type: 'server.restarted', ...aboutChild(child, atMs), cause, restarts });
  turn.raise({ type: 'restart.forgotten', server }, { delay: withinMs });
}

function giveUp(turn: Turn, child: Child, isParked: boolean, cause: Fault, atMs: number): void {
  const about = aboutChild(child, atMs);
  const to = isParked ? 'reconnecting' : 'closed';
  const parked = isParked ? { parked: true as const } : undefined;
  turn.children = withChild(turn.children, child.plan.name, { phase: 'stopped', state: to });
  const change = { from: child.state, to, attempt: 0, losses: 0, cause } as const;
  turn.emit({ type: 'state.changed', ...about, ...change, ...parked });
  if (isParked) turn.emit({ type: 'server.escalated', ...about, cause });
}
