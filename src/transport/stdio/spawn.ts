/**
 * Starts the process of a stdio server, or says as a fault why it could not be started. It owns no process: the
 * caller gets the child in the same turn it comes to life, so that nothing can fall between two hands.
 */

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { access, constants, stat } from 'node:fs/promises';
import type { StdioServerConfig } from '../../config/server-config.ts';
import { FaultError } from '../../fault.ts';
import { buildEnvironment } from './environment.ts';
import { readErrno } from './errno.ts';

/**
 * Check that a working directory can be entered. A spawn in a missing one fails with the `ENOENT` of a missing
 * command, so it must be asked first.
 *
 * **Errors** rejects with `FaultError` (`working-directory-missing`, else `spawn-failed`), outcome `not-sent`.
 */
export async function checkWorkingDirectory(directory: string): Promise<void> {
  let isDirectory: boolean;
  try {
    isDirectory = (await stat(directory)).isDirectory();
    if (isDirectory) await access(directory, constants.X_OK);
  } catch (error) {
    const errno = readErrno(error);
    isDirectory = false;
    if (errno !== 'ENOENT' && errno !== 'ENOTDIR') throw new FaultError({ kind: 'spawn-failed', errno }, 'not-sent');
  }
  if (!isDirectory) throw new FaultError({ kind: 'working-directory-missing' }, 'not-sent');
}

/**
 * Spawn the server as the leader of its own process group, with three pipes.
 *
 * `showCommand` makes the command as it may be shown in a fault. The child is handed to `onChild` synchronously;
 * the promise resolves when the system has run the command.
 *
 * **Errors** rejects with `FaultError` (`command-not-found`, `command-not-executable`, `spawn-failed`), outcome
 * `not-sent`. Node's own error is never its cause: it carries the arguments.
 */
export function spawnServer(
  config: StdioServerConfig,
  showCommand: () => string,
  onChild: (child: ChildProcessWithoutNullStreams) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(describeSpawnError(error, showCommand()));
    try {
      const child = spawn(config.command, config.args ?? [], {
        cwd: config.cwd,
        env: buildEnvironment(process.env, config.env),
        stdio: 'pipe',
        // On Windows this would open a console window and gives no group that could be killed.
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      child.once('error', fail);
      if (child.pid === undefined) return;
      onChild(child);
      child.once('spawn', () => {
        child.off('error', fail);
        resolve();
      });
    } catch (error) {
      fail(error);
    }
  });
}

function describeSpawnError(error: unknown, command: string): FaultError {
  const errno = readErrno(error);
  if (errno === 'ENOENT') return new FaultError({ kind: 'command-not-found', command }, 'not-sent');
  if (errno === 'EACCES') return new FaultError({ kind: 'command-not-executable', command }, 'not-sent');
  return new FaultError({ kind: 'spawn-failed', errno }, 'not-sent');
}
