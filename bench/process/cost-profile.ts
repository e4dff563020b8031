/** Profiles what is measured in this process, and nothing around it. */

import { Session } from 'node:inspector/promises';
import { partsOf } from '../figures/profile.ts';
import type { Figures } from '../scenario.ts';

const INTERVAL_US = 100;

/** The profile of whatever is measured. */
export class CostProfile {
  readonly #own: string;
  readonly #session = new Session();
  #isRunning = false;
  #parts: Record<string, number> = {};

  /** `own` is the address below which this library's code lies. */
  constructor(own: string) {
    this.#own = own;
    this.#session.connect();
  }

  /** Profile some work. What is measured within it is part of it. */
  async of<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) return await work();
    this.#isRunning = true;
    await this.#session.post('Profiler.enable');
    await this.#session.post('Profiler.setSamplingInterval', { interval: INTERVAL_US });
    await this.#session.post('Profiler.start');
    try {
      return await work();
    } finally {
      const { profile } = await this.#session.post('Profiler.stop');
      for (const [part, ms] of Object.entries(partsOf(profile, this.#own))) {
        this.#parts[part] = (this.#parts[part] ?? 0) + ms;
      }
      this.#isRunning = false;
    }
  }

  /** What was seen since the last time. */
  take(): Figures {
    const parts = this.#parts;
    this.#parts = {};
    return parts;
  }
}
