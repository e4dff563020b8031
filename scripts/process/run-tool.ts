/** Runs one of the installed command-line tools and keeps what it printed. */

import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { ROOT } from '../source/repository.ts';

/** How a tool ended. */
export interface ToolResult {
  readonly ok: boolean;
  /** Its standard output and standard error, as they came. */
  readonly output: string;
  readonly tookMs: number;
}

/**
 * Run a command of `node_modules/.bin` or of the system, in the top folder unless told otherwise. A command
 * that cannot be started counts as failed. Never rejects.
 */
export async function runTool(command: string, args: readonly string[], cwd: string = ROOT): Promise<ToolResult> {
  const startedAtMs = performance.now();
  const path = [join(ROOT, 'node_modules/.bin'), process.env['PATH']].join(delimiter);
  const child = spawn(command, args, { cwd, env: { ...process.env, PATH: path }, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const code = await new Promise<number | null>((resolve) => {
    child.on('close', resolve);
    child.on('error', (error) => {
      output += `${error.message}\n`;
      resolve(null);
    });
  });
  return { ok: code === 0, output, tookMs: performance.now() - startedAtMs };
}
