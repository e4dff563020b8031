/**
 * Builds `dist` from `src`: empties it, compiles, adds the programs that Node runs as they are, and makes the command
 * line executable. Leaves nothing of an earlier build behind, so a file that was removed cannot be published.
 */

import { spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ownFiles, ROOT } from './source/repository.ts';

const compiler = join(ROOT, 'node_modules/typescript/bin/tsc');
const commandLine = join(ROOT, 'dist/cli/main.js');

rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], {
  cwd: ROOT,
  stdio: 'inherit',
});
for (const path of ownFiles('src', '.mjs')) {
  const target = join(ROOT, path.replace(/^src/, 'dist'));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(join(ROOT, path), target);
}
if (existsSync(commandLine)) chmodSync(commandLine, 0o755);
process.exitCode = status ?? 1;
