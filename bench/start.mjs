/**
 * Prepares and starts the benchmark: installs the peers where they are missing, builds this library, compiles the
 * benchmark, and hands over. Plain JavaScript, because nothing is compiled before it has run.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BENCH = fileURLToPath(new URL('.', import.meta.url));
const ROOT = join(BENCH, '..');
const { dependencies } = JSON.parse(readFileSync(join(BENCH, 'package.json'), 'utf8'));

const isInstalled = Object.entries(dependencies).every(([name, version]) => {
  const manifest = join(BENCH, 'node_modules', name, 'package.json');
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).version === version;
});
// Several peers name a later Node than this library runs on; they run all the same, or say in the table that they do not.
if (!isInstalled)
  must('npm', ['ci', '--prefix', BENCH, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']);
must('npx', ['--no-install', 'tsx', 'scripts/build.ts']);
rmSync(join(BENCH, 'dist'), { recursive: true, force: true });
must('npx', ['--no-install', 'tsc', '-p', join(BENCH, 'tsconfig.json')]);
must(process.execPath, [join(BENCH, 'dist/main.js'), ...process.argv.slice(2)]);

function must(command, args) {
  const { status } = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
