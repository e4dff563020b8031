/** Writes `docs/benchmarks.md`. */

import { BOUNDS } from '../bounds.ts';
import type { Scenario } from '../scenario.ts';
import type { RunResult } from './results.ts';
import { failuresOf, noiseLines } from './summary.ts';
import { boundsTable, caseTable, markdownTable, profileTables } from './tables.ts';
import { judge, type Verdict } from './verdicts.ts';

/** The whole page, out of one run. */
export function page(result: RunResult, scenarios: readonly Scenario[]): string {
  const { machine, versions, labels } = result;
  const verdicts = judge(BOUNDS, result.cases, scenarios);
  const met = verdicts.filter(({ isMet }) => isMet).length;
  return [
    '# Benchmarks',
    'Written by `npm run bench -- --write`: run it, and compare with this page. All subjects of a table were measured on the same ' +
      'servers, each in a process of its own, in rounds in which they take turns; a table may hold the rounds of several runs. A cell shows the ' +
      'median, then the ratio to the raw v1 client: the median of the ratios of all rounds, with its 95 % interval. ' +
      'Values depend on the machine; ratios much less.',
    `${result.date}, ${result.form} form. ${machine['cpu']}, ${machine['cores']} cores, ${machine['memoryGiB']} GiB, ` +
      `${machine['system']}, Node ${machine['node']}; load ${machine['loadBefore']} when the run began.`,
    markdownTable([
      ['subject', 'version'],
      ...Object.entries(labels).map(([id, label]) => [label, versions[id] || '–']),
    ]),
    '## Bounds',
    `What has to hold, from \`bench/bounds.ts\`: ${met} of ${verdicts.length} are met.`,
    boundsTable(verdicts, scenarios),
    ...reasons(verdicts),
    ...profiles(result, scenarios),
    '## Noise',
    'The raw v1 client against itself, in two processes. Where this is not within 1.00 ± 0.02, differences of that size ' +
      'mean nothing.',
    noiseLines(result, scenarios)
      .map((line) => `- ${line}`)
      .join('\n'),
    ...scenarios.flatMap((scenario) => sectionOf(scenario, result)),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

/** Why bounds are missed, where a profile has shown it. */
function reasons(verdicts: readonly Verdict[]): string[] {
  const known = new Map<string, string[]>();
  for (const { bound, caseLabel, isMet } of verdicts) {
    if (isMet || bound.missedBecause === undefined) continue;
    known.set(bound.missedBecause, [...(known.get(bound.missedBecause) ?? []), caseLabel]);
  }
  if (known.size === 0) return [];
  const lines = [...known].map(([why, cases]) => `- ${cases.join('; ')}: ${why}`);
  return ['What profiles say of those that are not:', lines.join('\n')];
}

/** The profiles themselves. */
function profiles(result: RunResult, scenarios: readonly Scenario[]): string[] {
  const tables = profileTables(result, scenarios);
  if (tables.length === 0) return [];
  return [
    'Where the time goes until all of them are usable, of the main thread of the client and without what it waits; a profiler slows all of it down. ' +
      '`npm run bench -- --profile` makes these again.',
    ...tables.flatMap(([title, table]) => [`${title}:`, table]),
  ];
}

function sectionOf(scenario: Scenario, result: RunResult): string[] {
  const played = result.cases.filter((each) => each.scenario === scenario.id);
  if (played.length === 0) return [];
  return [
    `## ${scenario.title}`,
    scenario.about,
    ...played.flatMap((each) => [
      `### ${scenario.cases.find(({ id }) => id === each.case)?.label ?? each.case}`,
      caseTable(scenario, each, result.labels),
      ...(failuresOf(each, result)?.split('\n') ?? []),
    ]),
  ];
}
