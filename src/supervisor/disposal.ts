/** Ending everything: connections one by one, strictly in the reverse order of their start. */

import { isAlive, lastAlive, withChild } from './child.ts';
import { finishChild, forgetServer } from './membership.ts';
import type { Turn } from './turn.ts';

/** What has no connection is not started any more. */
export function dropIdle(turn: Turn): void {
  const idle = turn.children.filter((child) => !isAlive(child));
  for (const { id } of idle) turn.children = withChild(turn.children, id, { phase: 'ended' });
  for (const { plan } of idle) forgetServer(turn, plan.name);
}

/** Ask the connection that was started last to close; calls under way may go on for `drainMs`. */
export function closeLast(turn: Turn, drainMs: number): void {
  const last = lastAlive(turn.children);
  if (last === undefined) return;
  turn.children = withChild(turn.children, last.id, { phase: 'stopping' });
  turn.sendTo(last.id, { type: 'close', drainMs });
}

/** Go on without the connection that does not close in time; its resources are ended by force elsewhere. */
export function abandonLast(turn: Turn): void {
  const last = lastAlive(turn.children);
  if (last !== undefined) finishChild(turn, last.id);
}

/** Go on without anything that is left. */
export function abandonAll(turn: Turn): void {
  for (const child of turn.children) {
    if (isAlive(child)) turn.stopChild(child.id);
    if (child.role === 'incumbent') turn.emit({ type: 'server.removed', ...turn.about(child) });
    turn.drop(child);
  }
}
