/** What a run says on the terminal. */

import { BOUNDS } from '../bounds.ts';
import type { Scenario } from '../scenario.ts';
import { OWN_ID, PARENT_ID } from '../subjects/registry.ts';
import { type CaseResult, type RunResult, ratioOf } from './results.ts';
import { boundsTable, caseTable, markdownTable, profileTables, withInterval } from './tables.ts';
import { judge, noiseOf, type Verdict } from './verdicts.ts';

/** Slack of the check beyond the measured interval; the noise that was seen is added. */
const SLACK = 0.05;

/** All tables, the noise, and the bounds last, since they are what one looks for. */
export function summary(result: RunResult, scenarios: readonly Scenario[]): string {
  const blocks = result.cases.flatMap((each) => {
    const scenario = scenarios.find(({ id }) => id === each.scenario);
    if (scenario === undefined) return [];
    const label = scenario.cases.find(({ id }) => id === each.case)?.label ?? each.case;
    return [`${scenario.title}: ${label}`, caseTable(scenario, each, result.labels), failuresOf(each, result), ''];
  });
  const verdicts = judge(BOUNDS, result.cases, scenarios);
  return [
    ...blocks.filter((block) => block !== undefined),
    ...(PARENT_ID in result.labels ? [againstParent(result, scenarios), ''] : []),
    ...noiseLines(result, scenarios),
    ...profileTables(result, scenarios).flatMap(([title, table]) => ['', `${title}, where the time goes`, table, '']),
    ...(verdicts.length > 0 ? [boundsTable(verdicts, scenarios)] : []),
  ].join('\n');
}

/** How far the base was from itself, one line for each case. */
export function noiseLines(result: RunResult, scenarios: readonly Scenario[]): string[] {
  return noiseOf(result.cases, scenarios).map(
    ({ scenario, case: played, figure, ratio, isQuiet }) =>
      `A/A ${scenario}, ${played}, ${figure}: ${withInterval(ratio)}${isQuiet ? '' : ' – NOISY: not within 1.00 ± 0.02'}`,
  );
}

/** The bounds that are missed beyond noise, a line each. */
export function failing(result: RunResult, scenarios: readonly Scenario[]): string[] {
  const noise = noiseOf(result.cases, scenarios);
  const slackOf = ({ scenario, case: played }: CaseResult): number => {
    const seen = noise.find((each) => each.scenario === scenario && each.case === played);
    return SLACK + Math.abs((seen?.ratio.median ?? 1) - 1);
  };
  return result.cases
    .flatMap((each) => judge(BOUNDS, [each], scenarios, slackOf(each)))
    .filter(({ isClearlyMissed, hasFailed }) => isClearlyMissed || hasFailed)
    .map(lineOf);
}

function lineOf({ bound, figure, caseLabel, measured }: Verdict): string {
  const limit = bound.atMost === undefined ? `at least ${bound.atLeast}` : `at most ${bound.atMost}`;
  const found = measured === undefined ? 'not measured' : withInterval(measured);
  return `missed: ${bound.scenario}, ${caseLabel}: ${figure.label} is ${found}, must be ${limit}`;
}

/** This revision against the earlier one, by ratio. */
function againstParent(result: RunResult, scenarios: readonly Scenario[]): string {
  const rows = result.cases.flatMap((each) =>
    (scenarios.find(({ id }) => id === each.scenario)?.figures ?? []).flatMap((figure) => {
      const ratio = ratioOf(each, figure.id, OWN_ID, PARENT_ID);
      return ratio === undefined
        ? []
        : [[`${each.scenario}, ${each.case}`, figure.label, figure.better, withInterval(ratio)]];
    }),
  );
  return markdownTable([['against the earlier revision', 'figure', 'better is', 'ratio'], ...rows]);
}

/** Why subjects are missing in a table. */
export function failuresOf(each: CaseResult, { labels }: RunResult): string | undefined {
  const lines = Object.entries(each.failures).map(([id, why]) => `${labels[id] ?? id} failed: ${why}`);
  return lines.length === 0 ? undefined : lines.join('\n');
}
