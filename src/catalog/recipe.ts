/** How the epochs of a server are opened, out of one of its configurations. */

import type { Implementation } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { ServerRecipe } from '../connection/epoch.ts';
import { loadLink } from '../link/load-link.ts';
import { loadCarrier } from '../transport/load-carrier.ts';
import type { ProcessOwnership } from '../transport/process-report.ts';
import type { Revision } from './revision.ts';

/** What every server is opened with. */
export interface RecipeContext {
  readonly clock: Clock;
  readonly clientInfo: Implementation;
  readonly processes: ProcessOwnership;
}

/** Make the recipe of one configuration of a server. */
export function recipeOf({ config, plan, habit, scrub }: Revision, context: RecipeContext): ServerRecipe {
  const { clock, clientInfo, processes } = context;
  const probeTimeoutMs = plan.heartbeat === false ? DEFAULTS.heartbeatTimeoutMs : plan.heartbeat.timeoutMs;
  return {
    plan,
    habit,
    loadCarrier: () => loadCarrier(config, { clock, scrub, processes }),
    loadLink: () => loadLink({ clock, scrub, clientInfo, probeTimeoutMs, limits: plan.limits }),
  };
}
