/** The two lines of the referee: where they are installed, and what they know. They need a later Node than the client. */

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const REFEREE_NODE = 22;

/** A referee as it is installed. */
export interface Referee {
  readonly version: string;
  readonly folder: string;
  /** Whether it speaks more than one revision, and is told which. */
  readonly hasRevisions: boolean;
}

/** A scenario as a referee lists it, with the revisions it belongs to, or `extension` or `draft`. */
export interface ListedScenario {
  readonly name: string;
  readonly revisions: readonly string[];
}

/** The line of both revisions. */
export const CURRENT: Referee = { ...installed('@modelcontextprotocol/conformance'), hasRevisions: true };
/** The line that is released as stable. */
export const STABLE: Referee = { ...installed('conformance-0.1'), hasRevisions: false };

const node = refereeNode();

/** Run the command line of a referee. Rejects with what it printed when it exits with an error. */
export async function runReferee(
  { folder }: Referee,
  args: readonly string[],
  timeoutMs: number,
): Promise<{ stdout: string; stderr: string }> {
  const command = [join(folder, 'dist/index.js'), ...args];
  return await promisify(execFile)(await node, command, { timeout: timeoutMs });
}

/** Every scenario in which a referee judges a client. */
export async function listScenarios(referee: Referee): Promise<ListedScenario[]> {
  const { stdout } = await runReferee(referee, ['list', '--client'], 30_000);
  return Array.from(stdout.matchAll(/^ {2}- (\S+) \[([^\]]*)\]$/gm), ([, name = '', revisions = '']) => ({
    name,
    revisions: revisions.split(','),
  }));
}

function installed(name: string): { version: string; folder: string } {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { version, folder: dirname(manifest) };
}

async function refereeNode(): Promise<string> {
  if (Number(process.versions.node.split('.')[0]) >= REFEREE_NODE) return process.execPath;
  const args = ['--yes', '--package=node@24', '--', 'node', '--print', 'process.execPath'];
  return (await promisify(execFile)('npx', args)).stdout.trim();
}
