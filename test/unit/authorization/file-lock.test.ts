import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOCK_MAX_AGE_MS, withFileLock } from '../../../src/authorization/store/file-lock.ts';
import { systemClock } from '../../../src/clock.ts';
import { privateDirectory } from '../../fixtures/authorization/private-directory.ts';

const OPTIONS = { clock: systemClock, timeoutMs: 10_000 };

/** The number of a process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['-e', '']).pid;
}

function holder(pid: number, host = hostname()): string {
  return JSON.stringify({ host, pid, token: 'x' });
}

/** Hold the lock this many times at once, and say how many ever held it together. */
async function contend(path: string, times: number): Promise<number> {
  let inside = 0;
  let most = 0;
  const action = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((resolve) => setImmediate(resolve));
    inside -= 1;
  };
  await Promise.all(Array.from({ length: times }, () => withFileLock(path, OPTIONS, action)));
  return most;
}

describe('withFileLock', () => {
  it('lets one in at a time, and leaves no file behind', async () => {
    using directory = privateDirectory();

    expect(await contend(join(directory.path, 'lock'), 10)).toBe(1);
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it.each([
    ['whose holder has died', () => holder(deadPid())],
    ['that is too old, whoever holds it', () => holder(1, 'elsewhere')],
    ['that holds nothing and is old', () => ''],
  ])('takes over a lock %s, and lets one in at a time', async (_, text) => {
    using directory = privateDirectory();
    const path = join(directory.path, 'lock');
    writeFileSync(path, text());
    const then = (Date.now() - LOCK_MAX_AGE_MS - 1_000) / 1_000;
    utimesSync(path, then, then);

    expect(await contend(path, 10)).toBe(1);
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('takes over at once what a process of this host left when it died', async () => {
    using directory = privateDirectory();
    const path = join(directory.path, 'lock');
    writeFileSync(path, holder(deadPid()));

    expect(await withFileLock(path, { ...OPTIONS, timeoutMs: 1_000 }, async () => 'done')).toBe('done');
  });

  it.each([
    ['a living process', () => holder(process.ppid)],
    ['a process elsewhere', () => holder(1, 'elsewhere')],
  ])('gives up on a lock of %s, and leaves it alone', async (_, text) => {
    using directory = privateDirectory();
    const path = join(directory.path, 'lock');
    writeFileSync(path, text());

    const waiting = withFileLock(path, { ...OPTIONS, timeoutMs: 50 }, async () => 'done');

    await expect(waiting).rejects.toMatchObject({ name: 'LockTimeoutError' });
    expect(existsSync(path)).toBe(true);
  });

  it('is let go when the action fails', async () => {
    using directory = privateDirectory();
    const path = join(directory.path, 'lock');

    await expect(withFileLock(path, OPTIONS, () => Promise.reject(new Error('no')))).rejects.toThrow('no');

    expect(existsSync(path)).toBe(false);
  });
});
