/** Tables of results in Markdown, which reads well on a terminal too. */

import type { Bound } from '../bounds.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { BASE_ID } from '../subjects/registry.ts';
import { profiledScenario } from './profile.ts';
import { type CaseResult, type RunResult, ratioOf, valueOf } from './results.ts';
import type { Estimate } from './statistics.ts';
import type { Verdict } from './verdicts.ts';

/** Lay out rows below each other; the first row is the head. */
export function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(3, ...rows.map((row) => (row[column] ?? '').length)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? '').padEnd(width)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...body.map(line)].join('\n');
}

/** One case: a row for each subject; values with their ratio to the base. */
export function caseTable(scenario: Scenario, result: CaseResult, labels: Readonly<Record<string, string>>): string {
  const figures = scenario.figures.filter(({ id }) => Object.keys(result.values[id] ?? {}).length > 0);
  const subjects = Object.keys(labels).filter(
    (subject) => subject in result.failures || figures.some(({ id }) => result.values[id]?.[subject] !== undefined),
  );
  return markdownTable([
    ['', ...figures.map(({ label, unit }) => (unit === '' ? label : `${label}, ${unit}`))],
    ...subjects.map((subject) => [
      labels[subject] ?? subject,
      ...figures.map((figure) => cell(result, figure, subject)),
    ]),
  ]);
}

/** Where the time goes in those cases that were profiled, each with what it is about. */
export function profileTables(
  { profiles = [], labels }: RunResult,
  scenarios: readonly Scenario[],
): [string, string][] {
  return profiles.flatMap((each) => {
    const scenario = scenarios.find(({ id }) => id === each.scenario);
    if (scenario === undefined) return [];
    const label = scenario.cases.find(({ id }) => id === each.case)?.label ?? each.case;
    return [[`${scenario.title}: ${label}`, caseTable(profiledScenario(scenario), each, labels)]];
  });
}

function cell(result: CaseResult, figure: Figure, subject: string): string {
  const value = valueOf(result, figure.id, subject);
  if (value === undefined) return subject in result.failures ? 'failed' : '–';
  const ratio = figure.isRelative === false ? undefined : ratioOf(result, figure.id, subject, BASE_ID);
  if (ratio === undefined) return withInterval(value);
  return subject === BASE_ID ? number(value.median) : `${number(value.median)} = ${withInterval(ratio)}`;
}

/** The bounds, met and missed. */
export function boundsTable(verdicts: readonly Verdict[], scenarios: readonly Scenario[]): string {
  return markdownTable([
    ['what', 'where', 'bound', 'measured', ''],
    ...verdicts.map(({ bound, figure, caseLabel, measured, isMet }) => [
      `${figure.label}`,
      `${scenarios.find(({ id }) => id === bound.scenario)?.title ?? bound.scenario}: ${caseLabel}`,
      limit(bound),
      measured === undefined ? 'not measured' : withInterval(measured),
      measured === undefined ? '–' : isMet ? 'met' : 'MISSED',
    ]),
  ]);
}

function limit({ atMost, atLeast }: Bound): string {
  return atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
}

/** A median and its interval: `0.57 (0.56–0.59)`. */
export function withInterval({ median, low, high, count }: Estimate): string {
  if (count === 1 || (low === median && high === median)) return number(median);
  return `${number(median)} (${number(low)}–${number(high)})`;
}

/** Three digits that count. */
function number(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1_000) return Math.round(value).toLocaleString('en-US');
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
}
