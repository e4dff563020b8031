/**
 * Keeps what the pages say in step with the source: fills every generated region of every Markdown page.
 * With `--check` it writes nothing and fails when a page would change, or when a region that readers rely on
 * is on no page.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIGURATION_TABLES } from './docs/configuration-tables.ts';
import { MACHINES } from './docs/machines.ts';
import { fillRegions } from './docs/regions.ts';
import { regionRenderer } from './docs/render-region.ts';
import { ownFiles, ROOT, readOwnFile } from './source/repository.ts';

/** Each must stand on some page: a page that loses its markers would otherwise go stale unseen. */
const REQUIRED = [
  'generated:errors',
  'generated:compatibility',
  'generated:defaults',
  'generated:limits',
  'generated:fixed-bounds',
  'generated:faults',
  'generated:fault-verbs',
  'generated:scripted-faults',
  'generated:fault-table',
  'generated:events',
  'generated:specification',
  'generated:specification-counts',
  'machine:connection',
  ...Object.keys(CONFIGURATION_TABLES).map((name) => `generated:${name}`),
];

const check = process.argv.includes('--check');
const render = regionRenderer(readOwnFile, MACHINES);
const problems: string[] = [];
const seen = new Set<string>();

for (const page of ownFiles('.', '.md')) {
  const text = readOwnFile(page);
  try {
    const filled = await fillRegions(text, page, render);
    for (const region of filled.regions) seen.add(region);
    if (filled.text === text) continue;
    if (check) problems.push(`${page} is out of date: run 'npm run docs:sync'`);
    else writeFileSync(join(ROOT, page), filled.text);
    if (!check) console.log(`filled ${page}`);
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
}
for (const region of REQUIRED) {
  if (!seen.has(region)) problems.push(`no page has the region '<!-- ${region} -->'`);
}

for (const problem of problems) console.error(problem);
if (problems.length === 0) console.log(`${seen.size} generated regions are in step with the source`);
process.exitCode = problems.length === 0 ? 0 : 1;
