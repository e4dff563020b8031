/**
 * A lock that processes of one or many hosts share through a file. Whoever holds it names itself in the file; a holder
 * that died is recognised, and its lock is taken over by exactly one of those who wait.
 */

import { randomUUID } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Clock } from '../../clock.ts';
import { isMissing } from './private-file.ts';

/** How often one that waits looks again. */
const POLL_MS = 25;

/** A lock this old is not held any more: whatever it protects takes less time. By the clock of the file system. */
export const LOCK_MAX_AGE_MS = 120_000;

/** Taking over takes microseconds; whoever died in the middle of it is not waited for longer. */
const TAKEOVER_MAX_AGE_MS = 5_000;

/** The lock was held by somebody else for longer than allowed. */
export class LockTimeoutError extends Error {
  override readonly name = 'LockTimeoutError';
}

interface Holder {
  readonly host: string;
  readonly pid: number;
  readonly token: string;
}

/** Run an action while holding the lock at `path`. **Units** `timeoutMs` in milliseconds. Rejects with `LockTimeoutError`. */
export async function withFileLock<T>(
  path: string,
  { clock, timeoutMs }: { readonly clock: Clock; readonly timeoutMs: number },
  action: () => Promise<T>,
): Promise<T> {
  const own = JSON.stringify({ host: hostname(), pid: process.pid, token: randomUUID() } satisfies Holder);
  const giveUpAtMs = clock.monotonic() + timeoutMs;
  while (!tryAcquire(path, own, clock)) {
    if (clock.monotonic() >= giveUpAtMs) throw new LockTimeoutError(`'${path}' is held by another process`);
    await new Promise<void>((resolve) => clock.setTimeout(resolve, POLL_MS));
  }
  try {
    return await action();
  } finally {
    // Taken over, it is somebody else's by now.
    if (read(path) === own) remove(path);
  }
}

function tryAcquire(path: string, own: string, clock: Clock): boolean {
  if (create(path, own)) return true;
  const found = read(path);
  if (found === undefined || !isAbandoned(path, found, clock)) return false;
  return takeOver(path, own, found, clock);
}

/**
 * Take an abandoned lock. All of it is one turn of this process, and a second lock keeps other processes out: without
 * it, a slow one would remove the lock of whoever was faster.
 */
function takeOver(path: string, own: string, abandoned: string, clock: Clock): boolean {
  const takeover = `${path}.takeover`;
  if (!create(takeover, own)) {
    if (ageMs(takeover, clock) > TAKEOVER_MAX_AGE_MS) remove(takeover);
    return false;
  }
  try {
    if (read(path) !== abandoned) return false;
    remove(path);
    return create(path, own);
  } finally {
    remove(takeover);
  }
}

function isAbandoned(path: string, text: string, clock: Clock): boolean {
  const age = ageMs(path, clock);
  if (age > LOCK_MAX_AGE_MS) return true;
  const holder = parse(text);
  // Its maker may still be writing into it.
  if (holder === undefined) return age > TAKEOVER_MAX_AGE_MS;
  return holder.host === hostname() && !isAlive(holder.pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

function parse(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    return typeof value.pid === 'number' && typeof value.host === 'string' ? (value as Holder) : undefined;
  } catch {
    return undefined;
  }
}

function create(path: string, text: string): boolean {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'wx', 0o600);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(descriptor, text);
  } finally {
    closeSync(descriptor);
  }
  return true;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function ageMs(path: string, clock: Clock): number {
  try {
    return clock.now() - statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}
