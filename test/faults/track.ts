/** The states of one connection as steps of the table: from the fault on, without the attempts that met nobody. */

import type { StateChange } from '../../src/index.ts';
import type { Stand } from '../contract/stand.ts';
import type { Sees, Step } from './table/row.ts';

/** Follows the states of the server under test. */
export class Track {
  readonly #stand: Stand;
  readonly #skipped: number;

  /** `skipped`: how many of its first states belong to the life before the fault. */
  constructor(stand: Stand, skipped: number) {
    this.#stand = stand;
    this.#skipped = skipped;
  }

  /** The steps so far. */
  steps(): Step[] {
    const changes = this.#stand.changes();
    const vain = new Set(changes.filter(isVain).map(({ epoch }) => epoch));
    for (const { to, epoch } of changes) if (to === 'ready') vain.delete(epoch);
    return changes
      .slice(this.#skipped)
      .filter(({ epoch }) => !vain.has(epoch))
      .map(stepOf);
  }

  /** Wait until there are as many steps as a caller sees. */
  async reaches(states: Sees['states']): Promise<void> {
    if (states.length > 0) await this.#stand.told(() => this.steps().length >= states.length);
  }

  /** Wait for the first step that a fault led to; where there is none, for the last. */
  async shows(states: Sees['states']): Promise<void> {
    const first = states.findIndex((state) => [state].flat()[0]?.includes(': '));
    await this.reaches(first < 0 ? states : states.slice(0, first + 1));
  }
}

/** Whether steps are what a caller sees. */
export function fits(steps: readonly Step[], states: Sees['states']): boolean {
  return steps.length === states.length && states.every((state, at) => [state].flat().includes(steps[at] ?? 'closed'));
}

/** An attempt while the server is down. The first one of all is no attempt to come back. */
function isVain({ to, epoch, cause }: StateChange): boolean {
  return epoch > 1 && to === 'reconnecting' && cause?.kind === 'unreachable';
}

function stepOf({ to, cause, parked }: StateChange): Step {
  if (cause === undefined || (to !== 'reconnecting' && to !== 'closed')) return to;
  return `${parked ? 'parked' : to}: ${cause.kind}`;
}
