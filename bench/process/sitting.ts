/** Plays one case of one scenario: fresh processes, then rounds in which the subjects take turns. */

import type { Case, Figures, Scenario } from '../scenario.ts';
import type { Entrant } from '../subjects/registry.ts';
import { MeasuringProcess } from './measuring-process.ts';

const OPEN_TIMEOUT_MS = 120_000;
const ROUND_TIMEOUT_MS = 300_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** What a sitting needs to know of the run. */
export interface Ground {
  readonly ports: readonly number[];
  readonly stateFolder: string;
  readonly isShort: boolean;
  readonly isProfiled: boolean;
}

/** The figures of one round by subject. Those of one round were measured within seconds of each other. */
export type Round = Readonly<Record<string, Figures>>;

/** What a sitting came to. */
export interface Sitting {
  readonly rounds: readonly Round[];
  /** Why subjects that could not be measured could not. */
  readonly failures: Readonly<Record<string, string>>;
}

/** Play it once. A subject that fails is left out from then on, and harms nobody else. */
export async function sit(
  scenario: Scenario,
  played: Case,
  entrants: readonly Entrant[],
  rounds: number,
  ground: Ground,
): Promise<Sitting> {
  const failures: Record<string, string> = {};
  const processes = new Map<string, MeasuringProcess>();
  const end = async (id: string, error?: unknown): Promise<void> => {
    if (error !== undefined) failures[id] = told(error);
    await processes.get(id)?.end(CLOSE_TIMEOUT_MS);
    processes.delete(id);
  };
  const { ports, isShort, isProfiled } = ground;
  const order = { scenario: scenario.id, case: played, ports, isShort, isProfiled };
  for (const { id, module, ...entrant } of entrants) {
    const process = new MeasuringProcess({ id, module, ...entrant }, ground.stateFolder);
    processes.set(id, process);
    await process
      .ask({ verb: 'open', subject: id, module, ...order }, OPEN_TIMEOUT_MS)
      .catch(async (error: unknown) => await end(id, error));
  }
  const results: Round[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const figures: Record<string, Figures> = {};
    const measure = async (id: string): Promise<void> => {
      const measured = await processes
        .get(id)
        ?.ask({ verb: 'round' }, ROUND_TIMEOUT_MS)
        .catch(async (error: unknown) => {
          await end(id, error);
          return undefined;
        });
      if (measured !== undefined) figures[id] = measured;
    };
    const turn = rotated([...processes.keys()], round);
    if (scenario.atOnce) await Promise.all(turn.map(measure));
    else for (const id of turn) await measure(id);
    results.push(figures);
  }
  for (const id of [...processes.keys()]) await end(id);
  return { rounds: results, failures };
}

/** Each round begins with another subject and every second one goes backwards, so that nobody always follows the same one. */
function rotated(ids: readonly string[], round: number): string[] {
  const shift = ids.length === 0 ? 0 : (round * 3) % ids.length;
  const turned = [...ids.slice(shift), ...ids.slice(0, shift)];
  return round % 2 === 0 ? turned : turned.reverse();
}

/** One line without paths: it may end up on a page. */
function told(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replaceAll(/(?:file:\/\/)?(?:\/[\w.@+-]+){2,}/g, '…').slice(0, 200);
}
