/**
 * How much is fuzzed: a bounded number of cases in the suite, and more by the environment. `FUZZ_CASES` says how many,
 * `FUZZ_SEED` which, `FUZZ_FROM` from which number on.
 */

/** The seed of the suite. */
const SEED = 4_711;
const CASE_MS = 10_000;

/** Which cases a test runs, and how long it may take. */
export interface FuzzPlan {
  readonly seed: number;
  readonly from: number;
  readonly count: number;
  readonly timeoutMs: number;
}

/** Plan so many cases, unless the environment says otherwise. */
export function plannedCases(defaultCount: number): FuzzPlan {
  const count = numberOf('FUZZ_CASES', defaultCount);
  return {
    seed: numberOf('FUZZ_SEED', SEED),
    from: numberOf('FUZZ_FROM', 0),
    count,
    timeoutMs: Math.max(60_000, Math.min(count * CASE_MS, 2_147_483_647)),
  };
}

function numberOf(name: string, otherwise: number): number {
  const given = Number(process.env[name] ?? otherwise);
  if (!Number.isInteger(given) || given < 0) throw new Error(`${name} must be a whole number`);
  return given;
}
