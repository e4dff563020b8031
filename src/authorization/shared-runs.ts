/** Runs of the flow, shared: those who want the same at the same time get it together. */

import type { CredentialActivity } from '../transport/http/credentials.ts';

/** The runs under way with one configuration. */
export class SharedRuns {
  /** By what they are to achieve. */
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #begun: (run: Promise<void>) => void;
  #turns = 0;

  /** `begun` is given every run. */
  constructor(begun: (run: Promise<void>) => void) {
    this.#begun = begun;
  }

  get activity(): CredentialActivity {
    return { isBusy: this.#underWay.size > 0, turns: this.#turns };
  }

  /** Join the run that achieves this, or begin it. */
  join(aim: string, begin: () => Promise<void>): Promise<void> {
    let run = this.#underWay.get(aim);
    if (run === undefined) {
      this.#turns += 1;
      run = begin().finally(() => {
        this.#turns += 1;
        this.#underWay.delete(aim);
      });
      this.#underWay.set(aim, run);
      this.#begun(run);
    }
    return run;
  }
}
