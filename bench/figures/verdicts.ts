/** Holds results against bounds, and says how noisy the run was. */

import type { Bound } from '../bounds.ts';
import type { Figure, Scenario } from '../scenario.ts';
import { BASE_ID, OWN_ID, TWIN_ID } from '../subjects/registry.ts';
import { type CaseResult, ratioOf, valueOf } from './results.ts';
import type { Estimate } from './statistics.ts';

/** How far the base may be from itself before the run counts as noisy. */
const QUIET = 0.02;

/** A bound and what was measured. */
export interface Verdict {
  readonly bound: Bound;
  readonly figure: Figure;
  readonly caseLabel: string;
  /** Nothing when it was not measured. */
  readonly measured: Estimate | undefined;
  /** It took part and failed: that is no reason to pass. */
  readonly hasFailed: boolean;
  readonly isMet: boolean;
  /** Missed beyond noise: the better end of the interval, with slack, is on the wrong side too. */
  readonly isClearlyMissed: boolean;
}

/** The base against itself in one case. */
export interface Noise {
  readonly scenario: string;
  readonly case: string;
  readonly figure: string;
  readonly ratio: Estimate;
  readonly isQuiet: boolean;
}

/** Judge every bound whose case was played. */
export function judge(
  bounds: readonly Bound[],
  results: readonly CaseResult[],
  scenarios: readonly Scenario[],
  slack = 0,
): Verdict[] {
  return bounds.flatMap((bound) => {
    const result = results.find((each) => each.scenario === bound.scenario && each.case === bound.case);
    const scenario = scenarios.find(({ id }) => id === bound.scenario);
    const figure = scenario?.figures.find(({ id }) => id === bound.figure);
    if (result === undefined || scenario === undefined || figure === undefined) return [];
    const caseLabel = scenario.cases.find(({ id }) => id === bound.case)?.label ?? bound.case;
    const measured = measuredOf(result, figure);
    const hasFailed = OWN_ID in result.failures;
    return [{ bound, figure, caseLabel, measured, hasFailed, ...compare(bound, measured, slack) }];
  });
}

/** What counts for a bound: the ratio to the base, or the value where the figure is no ratio. */
export function measuredOf(result: CaseResult, figure: Figure, subject: string = OWN_ID): Estimate | undefined {
  return figure.isRelative === false
    ? valueOf(result, figure.id, subject)
    : ratioOf(result, figure.id, subject, BASE_ID);
}

/** How far the base is from itself, by the first figure of each case. */
export function noiseOf(results: readonly CaseResult[], scenarios: readonly Scenario[]): Noise[] {
  return results.flatMap((result) => {
    const figure = scenarios.find(({ id }) => id === result.scenario)?.figures[0];
    const ratio = figure && ratioOf(result, figure.id, TWIN_ID, BASE_ID);
    if (figure === undefined || ratio === undefined) return [];
    const isQuiet = Math.abs(ratio.median - 1) <= QUIET;
    return [{ scenario: result.scenario, case: result.case, figure: figure.label, ratio, isQuiet }];
  });
}

function compare(bound: Bound, measured: Estimate | undefined, slack: number) {
  if (measured === undefined) return { isMet: false, isClearlyMissed: false };
  const { atMost = Number.POSITIVE_INFINITY, atLeast = Number.NEGATIVE_INFINITY } = bound;
  return {
    isMet: measured.median <= atMost && measured.median >= atLeast,
    // Noise of more than the base itself says nothing of a lower bound.
    isClearlyMissed: measured.low > atMost * (1 + slack) || (slack < 1 && measured.high < atLeast * (1 - slack)),
  };
}
