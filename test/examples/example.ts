/** Runs an example as a reader would, and keeps what it said. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** How long an example may take, in milliseconds; a test around it needs a little more. */
export const EXAMPLE_TIMEOUT_MS = 90_000;

/** How an example ended. */
export interface ExampleRun {
  readonly exitCode: number | null;
  readonly output: string;
  readonly errors: string;
}

/** Run it to its end; `onLine` is told each line of its output, and may send it a signal. */
export async function runExample(
  name: string,
  args: readonly string[] = [],
  onLine: (line: string, kill: (signal: NodeJS.Signals) => void) => unknown = () => {},
): Promise<ExampleRun> {
  const { FORCE_COLOR: _, ...env } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', `examples/${name}/main.ts`, ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: EXAMPLE_TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  createInterface(child.stdout).on('line', (line) => onLine(line, (signal) => child.kill(signal)));
  const [[exitCode], output, errors] = await Promise.all([once(child, 'exit'), text(child.stdout), text(child.stderr)]);
  return { exitCode, output, errors };
}
