/**
 * Compares this library with other clients, side by side: see `README.md` beside this file. It is compiled and started
 * by `start.mjs`, so that no measured process loads a compiler.
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { buildRevision } from './base-revision.ts';
import { BOUNDS } from './bounds.ts';
import { describeMachine } from './figures/machine.ts';
import { versionOf } from './figures/packages.ts';
import { page } from './figures/page.ts';
import { profiledScenario } from './figures/profile.ts';
import { type CaseResult, compact, type RunResult } from './figures/results.ts';
import { failing, summary } from './figures/summary.ts';
import { judge } from './figures/verdicts.ts';
import { run } from './run.ts';
import type { Case, Scenario } from './scenario.ts';
import { SCENARIOS, scenarioOf } from './scenarios/registry.ts';
import { BASE_ID, type Entrant, entrants, OWN_ID, PARENT_ID, TWIN_ID } from './subjects/registry.ts';

const BENCH = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');
const ROOT = join(BENCH, '..');
const JUDGED: readonly string[] = [OWN_ID, PARENT_ID, BASE_ID, TWIN_ID];

const { values } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    case: { type: 'string' },
    subjects: { type: 'string' },
    base: { type: 'string' },
    from: { type: 'string' },
    json: { type: 'string' },
    profile: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

// Some clients hand the whole environment on to their servers, and some do not: what changes how Node starts would weigh on
// the former, and is nothing of theirs.
for (const name of ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE']) delete process.env[name];

const ENTRY = pathToFileURL(join(ROOT, 'dist/index.js')).href;
const measured =
  values.from === undefined ? await measure() : (JSON.parse(readFileSync(values.from, 'utf8')) as RunResult);
const result = values.profile ? { ...measured, profiles: await profileMissed(measured) } : measured;
console.log(summary(result, SCENARIOS));
if (values.json !== undefined) save(values.json);
if (values.write) {
  save(join(BENCH, 'results.json'));
  writeFileSync(join(ROOT, 'docs/benchmarks.md'), page(result, SCENARIOS));
  console.log('wrote docs/benchmarks.md and bench/results.json');
}
if (values.check) {
  const missed = failing(result, SCENARIOS);
  for (const line of missed) console.error(line);
  process.exitCode = missed.length === 0 ? 0 : 1;
}

async function measure(): Promise<RunResult> {
  const machine = describeMachine();
  const parent = values.base === undefined ? undefined : await buildRevision(ROOT, values.base);
  try {
    const taking = entrants(ENTRY, parent).filter(({ id }) => isWanted(id));
    const isShort = values.short || values.check;
    const cases = await run({
      scenarios: values.only === undefined ? SCENARIOS : values.only.split(',').map(scenarioOf),
      entrants: taking,
      wants: isPlayed,
      isShort,
      log: (line) => console.error(line),
    });
    return {
      date: new Date().toISOString().slice(0, 10),
      form: isShort ? 'short' : 'full',
      machine,
      versions: Object.fromEntries(taking.map((entrant) => [entrant.id, versionIn(entrant)])),
      labels: Object.fromEntries(taking.map(({ id, label }) => [id, label])),
      cases,
    };
  } finally {
    await parent?.[Symbol.asyncDispose]();
  }
}

/** Where the time goes in the cases whose bounds are missed, for this library and for the base. */
async function profileMissed({ cases }: RunResult): Promise<CaseResult[]> {
  const missed = judge(BOUNDS, cases, SCENARIOS).filter(({ isMet }) => !isMet);
  return await run({
    scenarios: SCENARIOS.map(profiledScenario),
    entrants: entrants(ENTRY).filter(({ id }) => id === OWN_ID || id === BASE_ID),
    wants: ({ id }, played) => missed.some(({ bound }) => bound.scenario === id && bound.case === played.id),
    isShort: true,
    isProfiled: true,
    log: (line) => console.error(`profile of ${line}`),
  });
}

/** A check plays what has a bound. */
function isPlayed(scenario: Scenario, played: Case): boolean {
  if (values.case !== undefined && !values.case.split(',').includes(played.id)) return false;
  return !values.check || BOUNDS.some((bound) => bound.scenario === scenario.id && bound.case === played.id);
}

/** For bounds, the others need not be measured. */
function isWanted(id: string): boolean {
  return values.subjects === undefined ? !values.check || JUDGED.includes(id) : values.subjects.split(',').includes(id);
}

function versionIn({ id, package: name }: Entrant): string {
  if (name !== undefined) return versionOf(name, BENCH);
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return id === OWN_ID ? version : '';
}

function save(path: string): void {
  writeFileSync(path, `${JSON.stringify(compact(result))}\n`);
}
