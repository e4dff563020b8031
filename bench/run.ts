/** Plays scenarios one after the other and gathers what they measured. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CaseResult, gather } from './figures/results.ts';
import { startHttpServer } from './process/http-server.ts';
import { type Ground, type Sitting, sit } from './process/sitting.ts';
import type { Case, Scenario } from './scenario.ts';
import type { Entrant } from './subjects/registry.ts';

/** What to play. */
export interface Programme {
  readonly scenarios: readonly Scenario[];
  readonly entrants: readonly Entrant[];
  /** Whether a case is played at all. */
  readonly wants: (scenario: Scenario, played: Case) => boolean;
  readonly isShort: boolean;
  /** Tell where the time goes instead of what is measured: see `figures/profile.ts`. */
  readonly isProfiled?: boolean;
  /** Told what is being played, and how long it took. */
  readonly log: (line: string) => void;
}

/** Play it. Nothing is left running, and no file is kept. */
export async function run({
  scenarios,
  entrants,
  wants,
  isShort,
  isProfiled = false,
  log,
}: Programme): Promise<CaseResult[]> {
  const results: CaseResult[] = [];
  const stateFolder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    for (const scenario of scenarios) {
      for (const played of scenario.cases) {
        const effort = isShort ? scenario.short : (played.full ?? scenario.full);
        if (effort === undefined || !wants(scenario, played)) continue;
        const startedAt = performance.now();
        // Fresh for each case: what one case leaves in the server must not weigh on the next.
        await using server = await startHttpServer(played.transport.startsWith('http') ? (played.size ?? 1) : 1);
        const ground: Ground = { ports: server.ports, stateFolder, isShort, isProfiled };
        const able = entrants.filter((entrant) => canPlay(entrant, scenario, played));
        const sittings: Sitting[] = [];
        for (let count = 0; count < effort.sittings; count += 1) {
          sittings.push(await sit(scenario, played, able, effort.rounds, ground));
        }
        results.push(gather(scenario, played, sittings));
        log(`${scenario.id} / ${played.id}: ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
      }
    }
  } finally {
    rmSync(stateFolder, { recursive: true, force: true });
  }
  return results;
}

function canPlay(entrant: Entrant, { id, subjects }: Scenario, played: Case): boolean {
  if (entrant.only !== undefined && !entrant.only.includes(id)) return false;
  if (subjects !== undefined && !subjects.includes(entrant.id)) return false;
  return played.transport !== 'memory' || entrant.inMemory;
}
