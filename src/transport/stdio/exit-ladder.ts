/**
 * Ends a server's process group: asks by closing its stdin, then with SIGTERM, then uses SIGKILL, and waits until
 * no process of the group runs. Every wait is bounded.
 */

import type { Clock } from '../../clock.ts';
import type { ServerProcess } from './server-process.ts';

/** How often a group whose leader is gone is asked about: there is no event for the end of the others. */
const POLL_FIRST_MS = 5;
const POLL_MAX_MS = 100;
/** How long a group may outlive SIGKILL: only a process stuck in the kernel does. */
const KILL_GRACE_MS = 2_000;

/** The patience of the ladder, in milliseconds. */
export interface ExitGraces {
  /** From the end of stdin to SIGTERM. */
  readonly stdinGraceMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly termGraceMs: number;
}

/**
 * End the whole group of a process.
 *
 * When the leader is dead already, its stdin is closed already too, and the rest of the group gets SIGTERM at
 * once. A stopped process is continued so that it can obey SIGTERM.
 *
 * **Bounds** `stdinGraceMs + termGraceMs` and two seconds.
 * **Errors** never rejects. Resolves with whether the group is gone.
 */
export async function endProcess(server: ServerProcess, graces: ExitGraces, clock: Clock): Promise<boolean> {
  const { group, stdin } = server;
  if (server.exit === undefined) {
    // A server that does not read would never get to the end behind what already waits in front of it.
    if (stdin.writableLength > 0) stdin.destroy();
    else stdin.end();
    if (await isGoneWithin(graces.stdinGraceMs, server, clock)) return true;
  } else if (!group.alive()) {
    return true;
  }
  group.signal('SIGTERM');
  group.signal('SIGCONT');
  if (await isGoneWithin(graces.termGraceMs, server, clock)) return true;
  group.signal('SIGKILL');
  return isGoneWithin(KILL_GRACE_MS, server, clock);
}

async function isGoneWithin(limitMs: number, server: ServerProcess, clock: Clock): Promise<boolean> {
  const deadline = startTimer(limitMs, clock);
  try {
    await Promise.race([server.ended, deadline.passed]);
    let pollMs = POLL_FIRST_MS;
    while (server.group.alive()) {
      if (deadline.hasPassed()) return false;
      const poll = startTimer(pollMs, clock);
      await Promise.race([poll.passed, deadline.passed]);
      poll.stop();
      pollMs = Math.min(2 * pollMs, POLL_MAX_MS);
    }
    return true;
  } finally {
    deadline.stop();
  }
}

interface RunningTimer {
  readonly passed: Promise<void>;
  hasPassed(): boolean;
  stop(): void;
}

function startTimer(delayMs: number, clock: Clock): RunningTimer {
  const { promise, resolve } = withResolvers();
  let hasPassed = false;
  const timer = clock.setTimeout(() => {
    hasPassed = true;
    resolve();
  }, delayMs);
  return { passed: promise, hasPassed: () => hasPassed, stop: () => clock.clearTimeout(timer) };
}

function withResolvers(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => {};
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
