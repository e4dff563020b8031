/** What the supervisor remembers of each connection: plain data, in the order of the list. */

import type { SupervisionPlan } from '../config/effective.ts';
import type { Fault } from '../fault.ts';
import type { ReplacementReason } from './report.ts';

/** What a connection is to its server. */
export type ChildRole =
  /** It serves under the name of its server, or is to. */
  | 'incumbent'
  /** It is started beside the incumbent, and takes over when it is ready. */
  | 'candidate'
  /** It was taken over from: calls under way on it may end, then it is closed. */
  | 'retiring';

/** Where a child is in its life, as its supervisor sees it. */
export type ChildPhase =
  /** Not started: a server it depends on is not ready yet, or what it must not overlap is not gone. */
  | 'waiting'
  /** Its connection is an actor of ours. */
  | 'running'
  /** Its connection was asked to close. */
  | 'stopping'
  /** It crashed too often, or its policy does not restart it: there is no actor until somebody retries. */
  | 'stopped'
  /** Its server is being removed, and this one is gone already. */
  | 'ended';

/** One supervised connection. */
export interface Child {
  /** The id of its actor. */
  readonly id: string;
  readonly role: ChildRole;
  readonly plan: SupervisionPlan;
  /** Which configuration of the server the plan was made of. */
  readonly revision: number;
  readonly phase: ChildPhase;
  /** Restarts within the window of its plan. */
  readonly restarts: number;
  /** Incumbent: what takes over when the present connection is gone. */
  readonly successor: Pick<Child, 'plan' | 'revision'> | undefined;
  /** Candidate: why it is there, and how long calls may go on where it takes over. */
  readonly task: { readonly reason: ReplacementReason; readonly drainMs: number } | undefined;
  /** Candidate: why it is given up. */
  readonly cause: Fault | undefined;
  /** Candidate: nobody asks any more what becomes of it. */
  readonly unwanted: boolean;
}

/** A child that was just added. */
export function newChild(plan: SupervisionPlan, revision: number, others: readonly Child[] = []): Child {
  return {
    id: freeId(plan.name, others),
    role: 'incumbent',
    plan,
    revision,
    phase: 'waiting',
    restarts: 0,
    successor: undefined,
    task: undefined,
    cause: undefined,
    unwanted: false,
  };
}

/** Prefixed, so that no name of a server is special to an object, and none looks like another's second connection. */
function freeId(server: string, others: readonly Child[]): string {
  const taken = new Set(others.map(({ id }) => id));
  let id = `server:${server}`;
  for (let number = 2; taken.has(id); number += 1) id = `server#${number}:${server}`;
  return id;
}

/** All children of a server. */
export function childrenOf(children: readonly Child[], server: string): readonly Child[] {
  return children.filter(({ plan }) => plan.name === server);
}

/** The child that serves under the name of a server, or is to. */
export function incumbentOf(children: readonly Child[], server: string): Child | undefined {
  return children.find(({ role, plan }) => role === 'incumbent' && plan.name === server);
}

/** The child that is to take over from the incumbent. */
export function candidateOf(children: readonly Child[], server: string): Child | undefined {
  return children.find(({ role, phase, plan }) => role === 'candidate' && phase !== 'stopping' && plan.name === server);
}

/** The child whose actor has that id. */
export function childById(children: readonly Child[], id: string): Child | undefined {
  // From the end: most events are about a server that was added lately.
  return children.findLast((child) => child.id === id);
}

/** The children with one of them changed. */
export function withChild(children: readonly Child[], id: string, change: Partial<Child>): readonly Child[] {
  const place = children.findLastIndex((child) => child.id === id);
  const child = children[place];
  if (child === undefined) return children;
  const changed = [...children];
  changed[place] = { ...child, ...change };
  return changed;
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
export function startable(children: readonly Child[], isReady: (child: Child) => boolean): readonly Child[] {
  // Asked after nearly every event, and most of the time nobody waits, or for nobody.
  const waiting = children.filter(({ phase }) => phase === 'waiting');
  let ready: ReadonlySet<string> | undefined;
  const serves = (name: string): boolean => {
    ready ??= new Set(
      children.filter((child) => child.role === 'incumbent' && isReady(child)).map(({ plan }) => plan.name),
    );
    return ready.has(name);
  };
  return waiting.filter((child) => child.plan.dependsOn.every(serves) && hasRoom(children, child));
}

/** One candidate at a time: one that was given up is gone before the next is started. */
function hasRoom(children: readonly Child[], { role, plan }: Child): boolean {
  if (role !== 'candidate') return true;
  return !childrenOf(children, plan.name).some((child) => child.role === 'candidate' && child.phase === 'stopping');
}

/** Move a child to the end, so that the list is in the order in which connections were started. */
export function startedLast(children: readonly Child[], id: string): readonly Child[] {
  const child = childById(children, id);
  return child === undefined || child === children.at(-1) ? children : [...withoutChild(children, id), child];
}
