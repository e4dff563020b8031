/** Which servers there are: adding, removing and retrying them, and starting those that may be started. */

import type { SupervisionPlan } from '../config/effective.ts';
import {
  candidateOf,
  childById,
  childrenOf,
  incumbentOf,
  isAlive,
  newChild,
  startable,
  startedLast,
  withChild,
} from './child.ts';
import { endReplacement } from './replacement.ts';
import type { Turn } from './turn.ts';

/** Remember a server; it is started when what it depends on is ready. */
export function addServer(turn: Turn, plan: SupervisionPlan, revision: number): void {
  const child = newChild(plan, revision);
  turn.emit({ type: 'server.added', ...turn.about(child) });
  turn.children = [...turn.children, child];
}

/** Start every connection that waits although everything it depends on is ready. */
export function startReady(turn: Turn, isFrozen: boolean): void {
  for (const child of startable(turn.children, (each) => turn.lifeOf(each).state === 'ready')) {
    const { id, plan, revision } = child;
    const { state, epoch } = turn.lifeOf(child);
    turn.children = startedLast(withChild(turn.children, id, { phase: 'running' }), id);
    const frozen = isFrozen && plan.remote;
    turn.start(id, { plan, revision, from: state, epoch, frozen });
  }
}

/** Forget a server, once its connections are gone. Calls under way on them may go on for `drainMs`. */
export function removeServer(turn: Turn, server: string, drainMs: number): void {
  for (const child of childrenOf(turn.children, server)) {
    const phase = isAlive(child) ? 'stopping' : 'ended';
    turn.children = withChild(turn.children, child.id, { phase, successor: undefined, unwanted: true });
    if (isAlive(child)) turn.sendTo(child.id, { type: 'close', drainMs });
  }
  forgetServer(turn, server);
}

/** Somebody wants the next attempt of a server now. */
export function retryServer(turn: Turn, server: string): void {
  const child = incumbentOf(turn.children, server);
  const candidate = candidateOf(turn.children, server);
  if (child?.phase === 'running') turn.sendTo(child.id, { type: 'retry' });
  if (child?.phase === 'stopped') turn.children = withChild(turn.children, child.id, { phase: 'waiting', restarts: 0 });
  if (candidate?.phase === 'running') turn.sendTo(candidate.id, { type: 'retry' });
}

/** A connection that was asked to close is gone: its successor waits, or nothing of it is left. */
export function finishChild(turn: Turn, id: string): void {
  const child = childById(turn.children, id);
  if (child === undefined) return;
  turn.stopChild(id);
  if (child.role !== 'incumbent') {
    endReplacement(turn, child);
  } else if (child.successor === undefined) {
    turn.children = withChild(turn.children, id, { phase: 'ended' });
  } else {
    const fresh = { phase: 'waiting', successor: undefined, restarts: 0 } as const;
    turn.children = withChild(turn.children, id, { ...child.successor, ...fresh });
  }
  forgetServer(turn, child.plan.name);
}

/** When the last connection of a server that is being removed is gone, so is the server. */
export function forgetServer(turn: Turn, server: string): void {
  const own = childrenOf(turn.children, server);
  const incumbent = incumbentOf(own, server);
  if (incumbent?.phase !== 'ended' || own.some(isAlive)) return;
  turn.emit({ type: 'server.removed', ...turn.about(incumbent) });
  for (const child of own) turn.drop(child);
}
