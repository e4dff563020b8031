/**
 * The gate between all servers and the world. While the network is lost, what is remote is held; when it is back, or
 * when the host slept, everything is asked or tried again one by one instead of all at once.
 */

import { staggeredRelease } from '../policy/staggered-release.ts';
import type { Child } from './child.ts';
import type { Turn } from './turn.ts';

/** The network is lost: hold every connection that needs it. */
export function shutGate(turn: Turn): void {
  turn.emit({ type: 'world.frozen', server: undefined, epoch: undefined, atMs: turn.atMs, reason: 'network-lost' });
  for (const { id } of turn.children.filter(isRemote)) turn.sendTo(id, { type: 'freeze' });
}

/** The network is back: release every connection that was held, one every `staggerMs`. */
export function openGate(turn: Turn, staggerMs: number): void {
  const released = release(turn, turn.children.filter(isRemote), staggerMs);
  const about = { server: undefined, epoch: undefined, atMs: turn.atMs } as const;
  turn.emit({ type: 'world.thawed', ...about, reason: 'network-back', released });
}

/** The host slept, or its clock was set: whatever waits by it is tried, and whatever is open is asked. */
export function passJump(turn: Turn, isFrozen: boolean, gapMs: number, staggerMs: number): void {
  const concerned = turn.children.filter((child) => isRunning(child) && !(isFrozen && isRemote(child)));
  const released = release(turn, concerned, staggerMs);
  const about = { server: undefined, epoch: undefined, atMs: turn.atMs } as const;
  turn.emit({ type: 'world.thawed', ...about, reason: 'clock-jumped', gapMs, released });
}

function release(turn: Turn, children: readonly Child[], staggerMs: number): number {
  const connections = children.map(({ id, plan }) => ({ id, priority: plan.priority }));
  for (const { item, delayMs } of staggeredRelease(connections, { staggerMs }, turn.random)) {
    turn.sendTo(item.id, { type: 'thaw', delayMs });
  }
  return connections.length;
}

function isRunning({ phase }: Child): boolean {
  return phase === 'running';
}

function isRemote(child: Child): boolean {
  return isRunning(child) && child.plan.remote;
}
