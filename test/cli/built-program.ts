/** The program as users get it, compiled once for a test file, and its runs as child processes. */

import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { scratchFile } from '../../src/testing/scratch.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIMIT_MS = 20_000;
const BUILD_LIMIT_MS = 120_000;

/** How a run ended. */
export interface RunEnd {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What surrounds a run. */
export interface RunOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** One run of the program. */
export interface Run {
  readonly pid: number;
  readonly ended: Promise<RunEnd>;
  /** Resolves with the next line of stdout, after those waited for before, that passes. Rejects when none comes. */
  line(passes: (line: string) => boolean): Promise<string>;
  signal(signal: NodeJS.Signals): void;
  /** Stop reading stdout, as a reader does that goes away. */
  stopReading(): void;
}

/** The compiled program. */
export interface BuiltProgram {
  start(args: readonly string[], options?: RunOptions): Run;
  run(args: readonly string[], options?: RunOptions): Promise<RunEnd>;
}

/** Compile the program before the tests of this file, and remove it after them. */
export function buildProgram(): BuiltProgram {
  let directory = '';
  const runs = new Set<Run>();
  beforeAll(() => {
    // Inside `node_modules`, so that the program finds what it depends on.
    const parent = join(ROOT, 'node_modules', '.cache');
    mkdirSync(parent, { recursive: true });
    directory = mkdtempSync(join(parent, 'mcp-supervisor-cli-'));
    writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
    const compiler = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
    // Its types are checked elsewhere.
    const options = ['-p', 'tsconfig.build.json', '--outDir', directory, '--declaration', 'false', '--noCheck'];
    spawnSync(process.execPath, [compiler, ...options], { cwd: ROOT });
  }, BUILD_LIMIT_MS);
  afterAll(async () => {
    for (const run of runs) run.signal('SIGKILL');
    await Promise.all([...runs].map((run) => run.ended));
    rmSync(directory, { recursive: true, force: true });
  });
  const start = (args: readonly string[], options: RunOptions = {}): Run => {
    const run = startRun([join(directory, 'cli', 'main.js'), ...args], options);
    runs.add(run);
    void run.ended.then(() => runs.delete(run));
    return run;
  };
  return { start, run: (args, options) => start(args, options).ended };
}

/** Write an `mcpServers` file and return its path. */
export function configFile(mcpServers: Readonly<Record<string, unknown>>): string {
  const file = scratchFile('mcp.json');
  writeFileSync(file, JSON.stringify({ mcpServers }));
  return file;
}

function startRun(args: readonly string[], { cwd, input, env }: RunOptions): Run {
  const child: ChildProcessByStdio<Writable, Readable, Readable> = spawn(process.execPath, args, {
    cwd: cwd ?? ROOT,
    env: { PATH: process.env['PATH'] ?? '', XDG_STATE_HOME: process.env['XDG_STATE_HOME'] ?? '', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  let taken = 0;
  let stderr = '';
  const reader = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.end(input ?? '');
  const ended = (async (): Promise<RunEnd> => {
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT_MS);
    const [code] = (await once(child, 'close')) as [number | null];
    clearTimeout(timer);
    return { code, stdout: lines.map((line) => `${line}\n`).join(''), stderr };
  })();
  const line = async (passes: (line: string) => boolean): Promise<string> => {
    for (;;) {
      for (; taken < lines.length; taken += 1) {
        const found = lines[taken] ?? '';
        if (!passes(found)) continue;
        taken += 1;
        return found;
      }
      const more = await Promise.race([once(reader, 'line'), ended]);
      if ('code' in more && taken >= lines.length)
        throw new Error(`it ended without that line:\n${lines.join('\n')}\n${stderr}`);
    }
  };
  return {
    pid: child.pid ?? 0,
    ended,
    line,
    signal: (signal) => void child.kill(signal),
    stopReading: () => void child.stdout.destroy(),
  };
}
