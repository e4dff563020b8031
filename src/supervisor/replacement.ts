/**
 * Make before break: a candidate is started beside the connection that serves, takes over in the turn in which it is
 * ready, and the one before is closed when the calls under way on it have ended. Where nothing serves, or two must not
 * live side by side, it is break before make.
 */

import type { StateChange } from '../connection/state-change.ts';
import type { Fault } from '../fault.ts';
import {
  type Child,
  candidateOf,
  childById,
  childrenOf,
  incumbentOf,
  isAlive,
  newChild,
  withChild,
  withoutChild,
} from './child.ts';
import type { ReplaceCommand } from './events.ts';
import type { ReplacementReason } from './report.ts';
import type { Turn } from './turn.ts';

/** What is to serve from now on, or as soon as it can. */
type Replacement = Omit<ReplaceCommand, 'type'> & { readonly reason: ReplacementReason };

/** Let another connection take over. A replacement that is under way is given up for it. */
export function replaceServer(turn: Turn, replacement: Replacement): void {
  const { plan, revision, reason, drainMs, stopFirst } = replacement;
  const incumbent = incumbentOf(turn.children, plan.name);
  if (incumbent === undefined || isLeaving(incumbent)) return;
  dismissCandidates(turn, childrenOf(turn.children, plan.name));
  if (stopFirst || incumbent.phase !== 'running' || turn.lifeOf(incumbent).state !== 'ready') {
    breakFirst(turn, incumbent, replacement);
  } else {
    const fresh = newChild(plan, revision, turn.children);
    turn.children = [...turn.children, { ...fresh, role: 'candidate', task: { reason, drainMs } }];
    turn.noteLife(fresh, { state: 'closed', epoch: turn.lifeOf(incumbent).epoch });
  }
}

/** A connection that serves is worn: another one of the same plan is to take over, one at a time. */
export function recycleServer(turn: Turn, id: string): void {
  const child = childById(turn.children, id);
  const recycle = child?.plan.recycle;
  if (child?.role !== 'incumbent' || turn.lifeOf(child).state !== 'ready' || recycle === undefined) return;
  const { plan, revision } = child;
  if (childrenOf(turn.children, plan.name).length > 1) return;
  const { stopFirst, drainMs } = recycle;
  replaceServer(turn, { plan, revision, stopFirst, drainMs, reason: 'recycled' });
}

/** Nobody waits any more for the replacement that was asked for with that revision. */
export function cancelReplacement(turn: Turn, server: string, revision: number): void {
  const candidate = candidateOf(turn.children, server);
  if (candidate?.revision === revision) giveUp(turn, candidate, undefined);
}

/** The supervisor closes: nothing takes over any more, neither beside what serves nor after it. */
export function forgoReplacements(turn: Turn): void {
  turn.children = turn.children.map((child) => ({
    ...child,
    successor: undefined,
    unwanted: child.unwanted || child.role === 'candidate',
  }));
}

/** A candidate changed its state: it takes over, goes on trying, or is given up. */
export function judgeCandidate(turn: Turn, id: string, change: StateChange): void {
  const candidate = childById(turn.children, id);
  if (candidate?.role !== 'candidate' || candidate.phase !== 'running' || candidate.unwanted) return;
  // What serves goes on serving, so whoever comes to recycle it may come again later.
  const isFailed = candidate.task?.reason === 'recycled' && change.to === 'reconnecting' && !change.held;
  if (change.to === 'ready') takeOver(turn, candidate, change);
  else if (change.parked || isFailed) giveUp(turn, candidate, change.cause);
}

/** A candidate ended by itself: by a fault that trying again cannot cure, or by a crash. */
export function failCandidate(turn: Turn, candidate: Child, cause: Fault): void {
  turn.stopChild(candidate.id);
  endReplacement(turn, { ...candidate, cause });
}

/** A connection beside the incumbent is gone. */
export function endReplacement(turn: Turn, child: Child): void {
  const { role, task, cause, unwanted } = child;
  const about = turn.about(child);
  turn.drop(child);
  if (role === 'retiring') turn.emit({ type: 'connection.retired', ...about });
  if (task === undefined || unwanted) return;
  const why = cause === undefined ? undefined : { cause };
  turn.emit({ type: 'replacement.failed', ...about, reason: task.reason, ...why });
}

function takeOver(turn: Turn, candidate: Child, change: StateChange): void {
  const { task, plan } = candidate;
  const before = incumbentOf(turn.children, plan.name);
  if (before === undefined || task === undefined) return;
  const { reason, drainMs } = task;
  const last = turn.lifeOf(before);
  const successor: Child = { ...candidate, role: 'incumbent', task: undefined };
  turn.emit({ type: 'server.replaced', ...turn.about(candidate), previousEpoch: last.epoch, reason });
  if (last.state !== 'ready') turn.emit({ ...change, from: last.state });
  const retiring: Child = { ...before, role: 'retiring', phase: 'stopping', successor: undefined };
  // It stands where the one before stood: what depends on the server was started later, and is closed earlier.
  const others = withoutChild(turn.children, candidate.id);
  turn.children = others.map((child) => (child.id === before.id ? successor : child));
  if (isAlive(before)) {
    turn.children = [...turn.children, retiring];
    turn.sendTo(before.id, { type: 'close', drainMs });
  } else {
    turn.emit({ type: 'connection.retired', ...turn.about(before) });
    turn.drop(before);
  }
}

function breakFirst(turn: Turn, incumbent: Child, replacement: Replacement): void {
  const { plan, revision, reason, drainMs } = replacement;
  const { id } = incumbent;
  const about = turn.about(incumbent);
  turn.emit({ type: 'server.replaced', ...about, previousEpoch: about.epoch, reason });
  if (isAlive(incumbent)) {
    turn.children = withChild(turn.children, id, { phase: 'stopping', successor: { plan, revision } });
    turn.sendTo(id, { type: 'close', drainMs });
  } else {
    turn.children = withChild(turn.children, id, { phase: 'waiting', plan, revision });
  }
}

function giveUp(turn: Turn, candidate: Child, cause: Fault | undefined): void {
  if (!isAlive(candidate)) return endReplacement(turn, { ...candidate, cause });
  turn.children = withChild(turn.children, candidate.id, { phase: 'stopping', cause });
  turn.sendTo(candidate.id, { type: 'close' });
}

function dismissCandidates(turn: Turn, own: readonly Child[]): void {
  for (const child of own) {
    if (child.role !== 'candidate') continue;
    if (isAlive(child)) turn.children = withChild(turn.children, child.id, { phase: 'stopping', unwanted: true });
    else turn.drop(child);
    if (child.phase === 'running') turn.sendTo(child.id, { type: 'close' });
  }
}

/** Whether its server is being removed. */
function isLeaving({ phase, successor }: Child): boolean {
  return phase === 'ended' || (phase === 'stopping' && successor === undefined);
}
