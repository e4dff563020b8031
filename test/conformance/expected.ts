/** Scenarios that do not pass, each with the reason. One that passes all the same makes the run fail, so it leaves the list. */

import type { Scenario } from './scenarios.ts';

/** By name; a name alone means both revisions, `<revision> <name>` one of them. */
const EXPECTED: Readonly<Record<string, string>> = {};

/** Why a scenario is expected not to pass; nothing when it has to. */
export function expectedFailure({ revision, name }: Scenario): string | undefined {
  return EXPECTED[`${revision} ${name}`] ?? EXPECTED[name];
}
