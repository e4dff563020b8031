/**
 * The directory of the ledgers: where it is, and whether it may be trusted. Whoever can write there can name processes
 * of ours to be ended, so it must belong to this user alone, and so must each file.
 */

import { constants, lstatSync, mkdirSync, type Stats } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute } from 'node:path';
import { PAGE_BYTES } from './page.ts';

const GROUP_OR_OTHERS_WRITE = 0o022;

/** The ledger cannot be trusted. */
export class LedgerError extends Error {
  override readonly name = 'LedgerError';

  constructor(readonly code: 'NOT_PRIVATE' | 'GARBLED') {
    super(code);
  }
}

/**
 * The directory when none is configured: `mcp-supervisor` in the state directory of this user.
 *
 * **Errors** throws the system's error for a user without a home.
 * **Source** XDG Base Directory Specification 0.8: a relative path is ignored.
 */
export function defaultLedgerDirectory(environment: Readonly<Record<string, string | undefined>>): string {
  const { XDG_STATE_HOME: state = '' } = environment;
  // POSIX, like the ledger.
  return `${isAbsolute(state) ? state : `${homedir()}/.local/state`}/mcp-supervisor`;
}

/** Make the directory, for this user alone, unless it is there. Throws the system's error or `LedgerError`. */
export function provideDirectory(directory: string): void {
  const found = lstatSync(directory, { throwIfNoEntry: false });
  if (found === undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  assertPrivate(found ?? lstatSync(directory));
}

/** Reject unless the directory is ours and only we can write there: the system's error or `LedgerError`. */
export async function assertPrivateDirectory(directory: string): Promise<void> {
  assertPrivate(await lstat(directory));
}

function assertPrivate(directory: Stats): void {
  if (!directory.isDirectory() || !isPrivate(directory)) throw new LedgerError('NOT_PRIVATE');
}

/** Read a ledger and when it was written. Rejects with the system's error or `LedgerError`. */
export async function readPrivateFile(path: string): Promise<{ text: string; writtenAtMs: number }> {
  // Neither through a link to somewhere else, nor waiting for the writer of a named pipe.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = await file.stat();
    if (!found.isFile() || !isPrivate(found)) throw new LedgerError('NOT_PRIVATE');
    if (found.size > PAGE_BYTES) throw new LedgerError('GARBLED');
    return { text: await file.readFile('utf8'), writtenAtMs: found.mtimeMs };
  } finally {
    await file.close();
  }
}

function isPrivate({ uid, mode }: { uid: number; mode: number }): boolean {
  return uid === process.getuid?.() && (mode & GROUP_OR_OTHERS_WRITE) === 0;
}
