/** What the supervisor remembers of each connection: plain data, in the order of the list. */

import type { SupervisionPlan } from '../config/effective.ts';
import type { ConnectionState } from '../connection/state-change.ts';

/** Where a child is in its life, as its supervisor sees it. */
export type ChildPhase =
  /** Not started: a server it depends on is not ready yet. */
  | 'waiting'
  /** Its connection is an actor of ours. */
  | 'running'
  /** Its connection was asked to close, because the server is being removed or replaced. */
  | 'stopping'
  /** It crashed too often, or its policy does not restart it: there is no actor until somebody retries. */
  | 'stopped';

/** One supervised connection. */
export interface Child {
  /** The id of its actor. */
  readonly id: string;
  readonly plan: SupervisionPlan;
  /** Which configuration of the server the plan was made of. */
  readonly revision: number;
  readonly phase: ChildPhase;
  readonly state: ConnectionState;
  readonly epoch: number;
  /** Restarts within the window of its plan. */
  readonly restarts: number;
  /** What takes over when the present connection is gone. */
  readonly successor: Pick<Child, 'plan' | 'revision'> | undefined;
}

/** A child that was just added. */
export function newChild(plan: SupervisionPlan, revision: number): Child {
  return {
    id: actorId(plan.name),
    plan,
    revision,
    phase: 'waiting',
    state: 'closed',
    epoch: 0,
    restarts: 0,
    successor: undefined,
  };
}

/** The id of a connection's actor: prefixed, so that no name of a server is special to an object. */
const actorId = (server: string): string => `server:${server}`;

/** The child whose connection serves under the name of a server. */
export function childOf(children: readonly Child[], server: string): Child | undefined {
  return children.find((child) => child.plan.name === server);
}

/** The child whose actor has that id. */
export function childById(children: readonly Child[], id: string): Child | undefined {
  return children.find((child) => child.id === id);
}

/** The children with one of them changed. */
export function withChild(children: readonly Child[], id: string, change: Partial<Child>): readonly Child[] {
  return children.map((child) => (child.id === id ? { ...child, ...change } : child));
}

/** The children without one of them. */
export function withoutChild(children: readonly Child[], id: string): readonly Child[] {
  return children.filter((child) => child.id !== id);
}

/** Whether its connection is an actor. */
export function isAlive(child: Child): boolean {
  return child.phase === 'running' || child.phase === 'stopping';
}

/** The child whose connection was started last, of those that have one. */
export function lastAlive(children: readonly Child[]): Child | undefined {
  return children.findLast(isAlive);
}

/** Those that wait although everything they depend on is ready. */
export function startable(children: readonly Child[]): readonly Child[] {
  const ready = new Set(children.filter((child) => child.state === 'ready').map((child) => child.plan.name));
  return children.filter((child) => child.phase === 'waiting' && child.plan.dependsOn.every((name) => ready.has(name)));
}

/** Move a child to the end, so that the list is in the order in which connections were started. */
export function startedLast(children: readonly Child[], id: string): readonly Child[] {
  const child = childById(children, id);
  return child === undefined ? children : [...withoutChild(children, id), child];
}
