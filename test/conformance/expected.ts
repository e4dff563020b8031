/** Scenarios that do not pass, each with the reason. One that passes all the same makes the run fail, so it leaves the list. */

import type { Scenario } from './scenarios.ts';

const AUTHORIZATION = 'the client of the referee does not authorize yet';

/** Why a scenario is expected not to pass; nothing when it has to. */
export function expectedFailure({ name }: Scenario): string | undefined {
  return name.startsWith('auth/') ? AUTHORIZATION : undefined;
}
