/** What a run measured, as it is kept: raw values by round, so that anything can be computed from them later. */

import type { Sitting } from '../process/sitting.ts';
import type { Case, Figure, Scenario } from '../scenario.ts';
import { type Estimate, estimate } from './statistics.ts';

/** The values of one subject, one for each round; nothing where it did not measure. */
type Values = readonly (number | null)[];

/** One case of one scenario. */
export interface CaseResult {
  readonly scenario: string;
  readonly case: string;
  /** By figure, then by subject. The same place in two lists is the same round. */
  readonly values: Readonly<Record<string, Readonly<Record<string, Values>>>>;
  /** Why subjects could not be measured. */
  readonly failures: Readonly<Record<string, string>>;
}

/** A whole run. */
export interface RunResult {
  readonly date: string;
  readonly form: 'full' | 'short';
  readonly machine: Readonly<Record<string, string | number>>;
  readonly versions: Readonly<Record<string, string>>;
  /** By subject, how it is called in a table. */
  readonly labels: Readonly<Record<string, string>>;
  readonly cases: readonly CaseResult[];
  /** Where the time goes in cases whose bounds are missed: the parts of `profile.ts`, by subject. */
  readonly profiles?: readonly CaseResult[];
}

/** Gather the sittings of a case. */
export function gather(scenario: Scenario, played: Case, sittings: readonly Sitting[]): CaseResult {
  const rounds = sittings.flatMap((sitting) => sitting.rounds);
  const subjects = [...new Set(rounds.flatMap((round) => Object.keys(round)))];
  const valuesOf = ({ id }: Figure) =>
    Object.fromEntries(
      subjects
        .map((subject) => [subject, rounds.map((round) => round[subject]?.[id] ?? null)] as const)
        .filter(([, values]) => values.some((value) => value !== null)),
    );
  return {
    scenario: scenario.id,
    case: played.id,
    values: Object.fromEntries(scenario.figures.map((figure) => [figure.id, valuesOf(figure)])),
    failures: Object.assign({}, ...sittings.map(({ failures }) => failures)),
  };
}

/** Estimate what a subject measured; nothing where it measured nothing. */
export function valueOf(result: CaseResult, figure: string, subject: string): Estimate | undefined {
  const values = (result.values[figure]?.[subject] ?? []).filter((value) => value !== null);
  return values.length === 0 ? undefined : estimate(values);
}

/** Estimate the ratio of two subjects, out of the ratios of each round. */
export function ratioOf(result: CaseResult, figure: string, subject: string, base: string): Estimate | undefined {
  const own = result.values[figure]?.[subject] ?? [];
  const others = result.values[figure]?.[base] ?? [];
  const ratios = own.flatMap((value, round) => {
    const other = others[round] ?? null;
    return value === null || other === null || other === 0 ? [] : [value / other];
  });
  return ratios.length === 0 ? undefined : estimate(ratios);
}

/** The same result with numbers of four digits: more of them is noise, and the file is kept. */
export function compact(result: RunResult): RunResult {
  return JSON.parse(
    JSON.stringify(result, (_key, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(4)) : value,
    ),
  ) as RunResult;
}
