/**
 * Checks the package as a stranger gets it: packs the tarball, lints it, installs it into an empty ESM
 * project, and uses it there from JavaScript, from the command line and from strict TypeScript. Needs a build
 * in `dist` and the registry, or what npm has cached of it.
 */

import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool } from './process/run-tool.ts';
import { hiddenPackagesReached } from './source/declarations.ts';
import { ROOT, readOwnFile } from './source/repository.ts';

/** How TypeScript projects load an ESM package today. */
const RESOLUTIONS = [
  { module: 'nodenext', moduleResolution: 'nodenext' },
  { module: 'esnext', moduleResolution: 'bundler' },
] as const;

const { devDependencies } = JSON.parse(readOwnFile('package.json')) as { devDependencies: Record<string, string> };
// The real path, as a temporary folder may be a link and tools print where it leads.
const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'pack-check-')));
try {
  await check(scratch);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

async function check(folder: string): Promise<void> {
  const project = join(folder, 'project');
  mkdirSync(project);
  const tarball = await pack(folder);
  await must('publint', ['run', tarball, '--strict']);
  await must('attw', [tarball, '--profile', 'esm-only', '--no-emoji']);

  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'consumer', type: 'module', private: true }));
  const nodeTypes = `@types/node@${devDependencies['@types/node']}`;
  await must('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball, nodeTypes], project);

  copyFileSync(join(ROOT, 'scripts/package/consumer.mjs'), join(project, 'consumer.mjs'));
  await must(process.execPath, ['consumer.mjs'], project);
  await must(join(project, 'node_modules/.bin/mcp-supervisor'), ['--help'], project);

  const leaks = ['index.d.ts', 'testing/index.d.ts'].flatMap((entry) =>
    hiddenPackagesReached(join(project, 'node_modules/mcp-supervisor/dist', entry)),
  );
  if (leaks.length > 0) throw new Error(`the public declarations reach what they must hide:\n${leaks.join('\n')}`);
  copyFileSync(join(ROOT, 'scripts/package/consumer.ts'), join(project, 'consumer.ts'));
  for (const resolution of RESOLUTIONS) {
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(strictConfig(resolution)));
    await must('tsc', ['-p', project], project);
  }
}

async function pack(folder: string): Promise<string> {
  // Without its scripts, as they would build again below the feet of whatever else runs.
  const printed = await must('npm', ['pack', '--ignore-scripts', '--loglevel', 'error', '--pack-destination', folder]);
  const name = /^\S+\.tgz$/m.exec(printed)?.[0];
  if (name === undefined) throw new Error(`npm pack named no tarball:\n${printed}`);
  return join(folder, name);
}

function strictConfig(resolution: (typeof RESOLUTIONS)[number]): object {
  const compilerOptions = {
    ...resolution,
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: false,
    noEmit: true,
  };
  return { compilerOptions, include: ['consumer.ts'] };
}

async function must(command: string, args: readonly string[], cwd?: string): Promise<string> {
  const { ok, output } = await runTool(command, args, cwd);
  if (!ok) throw new Error(`${[command, ...args].join(' ')}\n${output}`);
  return output;
}
