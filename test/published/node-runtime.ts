/** The Node that a server runs on: the one of this process, or a later one where its package wants that. */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const LATER = 24;

let later: Promise<string> | undefined;

/** The path of a `node` of at least this major version. Rejects when it cannot be had. */
export async function nodeOf(major: number): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) >= major) return process.execPath;
  if (major > LATER) throw new Error(`no Node ${major} is at hand`);
  later ??= fetchLater();
  return await later;
}

async function fetchLater(): Promise<string> {
  const args = ['--yes', `--package=node@${LATER}`, '--', 'node', '--print', 'process.execPath'];
  const { stdout } = await promisify(execFile)('npx', args);
  return stdout.trim();
}
