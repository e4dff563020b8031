/**
 * Takes published servers through connect, list, call, read, kill, recover and close, and prints what came of it.
 *
 *   npm run published                 every server
 *   npm run published -- proxy        those whose name holds a text
 *   npm run published -- --write      and keep what came of it for `docs/compatibility.md`
 */

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import color from 'picocolors';
import { inParallel } from '../../src/policy/in-parallel.ts';
import { commandLine, descendants, processRow } from '../../src/testing/processes.ts';
import { removeScratch } from '../../src/testing/scratch.ts';
import { isInstalled } from './installed.ts';
import { hasHeld, type ServerResult, STEPS, type StepResult } from './results.ts';
import { SERVERS } from './servers.ts';
import { tryServer } from './trial.ts';

const RESULTS = fileURLToPath(new URL('results.json', import.meta.url));
/** Each is two or three processes. */
const AT_ONCE = 2;
const LIMIT_MS = 180_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
});
const [text = ''] = positionals;
const named = SERVERS.filter(({ name }) => name.includes(text));
const chosen = named.filter((server) => isInstalled(server.package));
if (chosen.length === 0 || (values.write && chosen.length < SERVERS.length)) {
  process.stderr.write('usage: main.ts [text of a name] | main.ts --write, where every server is installed\n');
  process.exit(64);
}

const late = setTimeout(() => {
  console.error(color.red(`not done within ${LIMIT_MS / 1000} s`));
  process.exit(1);
}, LIMIT_MS);

const results = new Map<string, ServerResult>();
const failed: string[] = [];
await inParallel(chosen, AT_ONCE, async (server) => {
  const startedMs = performance.now();
  try {
    const result = await tryServer(server);
    results.set(server.name, result);
    if (!hasHeld(result)) failed.push(server.name);
    console.log(line(result, performance.now() - startedMs));
  } catch (error) {
    failed.push(server.name);
    console.log(`${color.red('✗')} ${server.name}: ${error instanceof Error ? error.message : String(error)}`);
  }
});
for (const { name } of named.filter((server) => !chosen.includes(server)))
  console.log(`- ${name}: not for this platform`);
clearTimeout(late);
removeScratch();

// Every server leads a group of its own. What compiles this very program is in ours, and starts when it is first needed.
const ownGroup = processRow(process.pid)?.groupId;
const left = descendants(process.pid)
  .filter(({ groupId }) => groupId !== ownGroup)
  .map(({ pid }) => `${pid} (${commandLine(pid)})`);
if (left.length > 0) failed.push(`processes are left: ${left.join(', ')}`);
if (values.write && failed.length === 0) {
  const rows = chosen.flatMap(({ name }) => results.get(name) ?? []);
  writeFileSync(RESULTS, `${JSON.stringify(rows, null, 2)}\n`);
  await import('../../scripts/docs-sync.ts');
}
const packages = new Set(chosen.map((server) => server.package)).size;
const held = [...results.values()].filter(hasHeld).length;
console.log(`\n${held} of ${chosen.length} servers of ${packages} packages held`);
if (failed.length > 0) console.log(color.red(`Failed: ${failed.join('; ')}`));
process.exitCode = failed.length === 0 ? 0 : 1;

function line(result: ServerResult, tookMs: number): string {
  const { name, version, builtWith, revision, tools, steps } = result;
  const sign = hasHeld(result) ? color.green('✓') : color.red('✗');
  const seconds = `${(tookMs / 1000).toFixed(1)} s`.padStart(7);
  const head = `${sign} ${name.padEnd(20)} ${version.padEnd(11)} ${revision.padEnd(11)} ${String(tools).padStart(2)} tools`;
  const failures = STEPS.flatMap((step) => failure(step, steps[step]));
  return [`${head} ${color.dim(seconds)}  ${color.dim(builtWith)}`, ...failures].join('\n');
}

function failure(step: string, result: StepResult): string[] {
  return typeof result === 'string' ? [] : [`    ${step}: ${result.failed.replaceAll('\n', '\n      ')}`];
}
