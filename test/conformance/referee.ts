/** Runs one scenario of a referee in its strict mode: every check, no warning, and the exit code of the client count. */

import { fileURLToPath } from 'node:url';
import type { Scenario } from './groups.ts';
import { runReferee } from './referees.ts';

const CLIENT = fileURLToPath(new URL('client.ts', import.meta.url));
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
export async function judge({ referee, name, revision }: Scenario): Promise<Judgement> {
  const startedMs = performance.now();
  const client = `${process.execPath} --import tsx ${CLIENT}`;
  const which = ['--command', client, '--scenario', name, '--timeout', String(SCENARIO_TIMEOUT_MS)];
  // Extensions, and what later revisions dropped, are run at a revision only by force.
  const at = revision === undefined ? [] : ['--spec-version', revision, '--force'];
  const { hasExitedWell, output } = await runReferee(
    referee,
    ['client', ...which, ...at],
    2 * SCENARIO_TIMEOUT_MS,
  ).then(
    ({ stdout, stderr }) => ({ hasExitedWell: true, output: `${stdout}${stderr}` }),
    (error: Error & { stdout?: string; stderr?: string }) => ({
      hasExitedWell: false,
      output: `${error.stdout ?? ''}${error.stderr ?? error.message}`,
    }),
  );
  const [, passed = '0', checks = '0'] = /^Passed: (\d+)\/(\d+)/m.exec(output) ?? [];
  // A scenario that nothing was checked in has not been passed, whatever the referee makes of it.
  const hasPassed = hasExitedWell && Number(passed) > 0;
  const tookMs = performance.now() - startedMs;
  return { hasPassed, passed: Number(passed), checks: Number(checks), tookMs, output };
}
