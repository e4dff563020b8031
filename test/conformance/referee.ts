/**
 * Runs one scenario of the referee in its strict mode: every check, no warning, and the exit code of the client count.
 * The referee needs a later Node than the client that it judges.
 */

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { REFEREE, type Scenario } from './scenarios.ts';

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
const REFEREE_NODE = 22;
const SCENARIO_TIMEOUT_MS = 30_000;

/** What the referee says of one scenario. */
export interface Judgement {
  readonly hasPassed: boolean;
  /** Checks that passed, and all that were made. */
  readonly passed: number;
  readonly checks: number;
  readonly tookMs: number;
  readonly output: string;
}

/** Have one scenario judged. Never rejects. */
export async function judge({ name, revision, isScored }: Scenario): Promise<Judgement> {
  const startedMs = performance.now();
  const client = `${process.execPath} --import tsx ${CLIENT}`;
  const [command = '', ...before] = refereeCommand();
  const args = [...before, join(REFEREE, 'dist/index.js'), 'client', '--command', client];
  // Extensions are on no revision's timeline, and run only by force.
  const force = isScored ? [] : ['--force'];
  const which = ['--scenario', name, '--spec-version', revision, '--timeout', String(SCENARIO_TIMEOUT_MS), ...force];
  return await new Promise((resolve) => {
    execFile(command, [...args, ...which], { timeout: 2 * SCENARIO_TIMEOUT_MS }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      const [, passed = '0', checks = '0'] = /^Passed: (\d+)\/(\d+)/m.exec(output) ?? [];
      // A scenario that nothing was checked in has not been passed, whatever the referee makes of it.
      const hasPassed = error === null && Number(passed) > 0;
      const tookMs = performance.now() - startedMs;
      resolve({ hasPassed, passed: Number(passed), checks: Number(checks), tookMs, output });
    });
  });
}

function refereeCommand(): string[] {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= REFEREE_NODE ? [process.execPath] : ['npx', '--yes', '--package=node@24', '--', 'node'];
}
