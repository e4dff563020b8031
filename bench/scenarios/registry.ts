/** All scenarios, in the order in which they are played and shown. */

import type { Scenario } from '../scenario.ts';
import { calls } from './calls.ts';
import { endurance } from './endurance.ts';
import { idle } from './idle.ts';
import { installation } from './installation.ts';
import { largeResults } from './large-results.ts';
import { manyTools } from './many-tools.ts';
import { memory } from './memory.ts';
import { recovery } from './recovery.ts';
import { scale } from './scale.ts';
import { severalServers } from './several-servers.ts';
import { startUp } from './start-up.ts';
import { stateChanges } from './state-changes.ts';
import { usable } from './usable.ts';

export const SCENARIOS: readonly Scenario[] = [
  calls,
  severalServers,
  usable,
  recovery,
  startUp,
  memory,
  scale,
  endurance,
  idle,
  largeResults,
  manyTools,
  stateChanges,
  installation,
];

/** Find a scenario by its name. */
export function scenarioOf(id: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.id === id);
  if (found === undefined)
    throw new Error(`no scenario '${id}'; there are ${SCENARIOS.map((each) => each.id).join(', ')}`);
  return found;
}
