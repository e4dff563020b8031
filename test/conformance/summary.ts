/** What came of a group, as it is printed: how many pass, and each that does not, with the reason. */

import { type Group, keyOf, type Scenario } from './groups.ts';
import type { Judgement } from './referee.ts';

/** A scenario, what the referee says of it, and whether that was expected. */
export interface Judged {
  readonly scenario: Scenario;
  readonly judgement: Judgement;
  /** Why it is expected not to pass. */
  readonly reason: string | undefined;
  readonly isRight: boolean;
}

/** The lines about one group; none where nothing of it was run. */
export function summary({ title, scenarios, isScored }: Group, judged: ReadonlyMap<string, Judged>): string[] {
  const own = scenarios.flatMap((scenario) => judged.get(keyOf(scenario)) ?? []);
  if (own.length === 0) return [];
  const scored = isScored && own.filter(({ scenario }) => isScored(scenario));
  const failed = own.filter(({ judgement }) => !judgement.hasPassed);
  return [
    `${title}: ${ratio(own)} pass${scored === undefined ? '' : `, of those that are scored ${ratio(scored)}`}`,
    ...failed.map(({ scenario, reason }) => `  ${scenario.name} does not pass: ${reason ?? 'see above'}`),
  ];
}

function ratio(judged: readonly Judged[]): string {
  return `${judged.filter(({ judgement }) => judgement.hasPassed).length} of ${judged.length}`;
}
