/**
 * Files that nobody but their owner can read or replace: written whole or not at all, and read only while that is so.
 * On Windows the modes say nothing, and the directory's own access list has to do it.
 */

import { constants } from 'node:fs';
import { chmod, mkdir, open, rename, rm, stat } from 'node:fs/promises';

/** A file or directory that others could read, or that is not ours. */
export class NotPrivateError extends Error {
  override readonly name = 'NotPrivateError';
  readonly code = 'NOT_PRIVATE';

  constructor(readonly path: string) {
    super(`others can read or replace '${path}': its mode must be 0600 (a directory: 0700), and you must own it`);
  }
}

/** Larger files are not ours. */
const MAX_FILE_BYTES = 1024 * 1024;

const OTHERS = 0o077;
// A link could lead to a file that somebody else chose.
const READ_ONLY = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0);

let temporaryCount = 0;

/** Make a directory of our own, or see that it is one. Rejects with `NotPrivateError`. */
export async function ensurePrivateDirectory(path: string): Promise<void> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 });
  // The umask may have taken bits away, and never adds any.
  if (made !== undefined) await chmod(path, 0o700);
  assertPrivate(path, await stat(path));
}

/** Read a private file; nothing when there is none. Rejects with `NotPrivateError`. */
export async function readPrivateFile(path: string): Promise<string | undefined> {
  try {
    const file = await open(path, READ_ONLY);
    try {
      const status = await file.stat();
      assertPrivate(path, status);
      if (status.size > MAX_FILE_BYTES) throw new Error(`'${path}' is too large`);
      return await file.readFile('utf8');
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Replace a file whole: whoever reads it meanwhile, or after a crash, sees the old text or the new one. */
export async function writePrivateFile(path: string, text: string): Promise<void> {
  temporaryCount += 1;
  const temporary = `${path}.${process.pid}-${temporaryCount}.tmp`;
  // What a process with the same number left behind may be in the way.
  await rm(temporary, { force: true });
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    // A copy that nobody reads is still a secret.
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

function assertPrivate(path: string, { mode, uid }: { mode: number; uid: number }): void {
  const isOurs = process.getuid === undefined || uid === process.getuid();
  if (process.platform !== 'win32' && (!isOurs || (mode & OTHERS) !== 0)) throw new NotPrivateError(path);
}
