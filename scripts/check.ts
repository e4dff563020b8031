/**
 * Everything that must hold besides the tests, in one command: one line per check, and what a check printed
 * only when it failed. Builds first, since some checks look at what would be published.
 */

import { availableParallelism } from 'node:os';
import color from 'picocolors';
import { runTool, type ToolResult } from './process/run-tool.ts';

interface Check {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
}

const BUILD: Check = { name: 'build', command: 'tsx', args: ['scripts/build.ts'] };

/** The slow ones first, so that the short ones fill the gaps. */
const CHECKS: readonly Check[] = [
  { name: 'package: publint, attw, consumers', command: 'tsx', args: ['scripts/pack-check.ts'] },
  { name: 'pins: layers, sizes, words, lists', command: 'vitest', args: ['run', 'test/pins', '--reporter=dot'] },
  { name: 'lint, import cycles', command: 'oxlint', args: ['--deny-warnings'] },
  { name: 'types', command: 'tsc', args: ['-p', 'tsconfig.json'] },
  { name: 'dead code', command: 'knip', args: [] },
  { name: 'docs in step with the source', command: 'tsx', args: ['scripts/docs-sync.ts', '--check'] },
  { name: 'format', command: 'biome', args: ['check', '--error-on-warnings'] },
];

const failed: string[] = [];
if (await run(BUILD)) {
  const waiting = [...CHECKS];
  const worker = async (): Promise<void> => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) await run(check);
  };
  await Promise.all(Array.from({ length: Math.min(4, availableParallelism()) }, worker));
} else {
  console.log(`The other ${CHECKS.length} checks need a build.`);
}
console.log(failed.length === 0 ? color.green('All checks passed.') : color.red(`Failed: ${failed.join('; ')}`));
process.exitCode = failed.length === 0 ? 0 : 1;

async function run({ name, command, args }: Check): Promise<boolean> {
  const result = await runTool(command, args);
  console.log(line(name, result));
  if (!result.ok) {
    console.log(result.output.trimEnd().replaceAll(/^/gm, '    '));
    failed.push(name);
  }
  return result.ok;
}

function line(name: string, { ok, tookMs }: ToolResult): string {
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(7);
  return `${ok ? color.green('✓') : color.red('✗')} ${name.padEnd(36)} ${color.dim(seconds)}`;
}
