/** Ending everything: connections one by one, strictly in the reverse order of their start. */

import { isAlive, lastAlive, withChild, withoutChild } from './child.ts';
import { aboutChild } from './membership.ts';
import type { Turn } from './turn.ts';

/** What has no connection is not started any more. */
export function dropIdle(turn: Turn, atMs: number): void {
  for (const child of turn.children) {
    if (!isAlive(child)) turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
  }
  turn.children = turn.children.filter((child) => isAlive(child));
}

/** Ask the connection that was started last to close; calls under way may go on for `drainMs`. */
export function closeLast(turn: Turn, drainMs: number): void {
  const last = lastAlive(turn.children);
  if (last === undefined) return;
  turn.children = withChild(turn.children, last.id, { phase: 'stopping', successor: undefined });
  turn.sendTo(last.id, { type: 'close', drainMs });
}

/** Go on without the connection that does not close in time; its resources are ended by force elsewhere. */
export function abandonLast(turn: Turn, atMs: number): void {
  const last = lastAlive(turn.children);
  if (last === undefined) return;
  turn.stopChild(last.id);
  turn.children = withoutChild(turn.children, last.id);
  turn.emit({ type: 'server.removed', ...aboutChild(last, atMs) });
}

/** Go on without anything that is left. */
export function abandonAll(turn: Turn, atMs: number): void {
  for (const child of turn.children) {
    if (isAlive(child)) turn.stopChild(child.id);
    turn.emit({ type: 'server.removed', ...aboutChild(child, atMs) });
  }
  turn.children = [];
}
