/** When the deadlines of a server's calls stand still: while a person answers for it. */

import type { Clock } from '../clock.ts';

/** The standstill of one server. */
export class Standstill {
  readonly #clock: Clock;
  readonly #watchers = new Set<() => void>();
  #count = 0;
  #sinceMs = 0;
  #pastMs = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether time stands still now. */
  get isOn(): boolean {
    return this.#count > 0;
  }

  /** How long time has stood still in all, in milliseconds. */
  get totalMs(): number {
    return this.#pastMs + (this.isOn ? this.#clock.monotonic() - this.#sinceMs : 0);
  }

  /** Let time stand still. Returns how to let it go on; until every one of them has been called, it does not. */
  begin(): () => void {
    this.#count += 1;
    if (this.#count === 1) {
      this.#sinceMs = this.#clock.monotonic();
      this.#tell();
    }
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      const totalMs = this.totalMs;
      this.#count -= 1;
      if (this.isOn) return;
      this.#pastMs = totalMs;
      this.#tell();
    };
  }

  /** Be called when time stops and when it goes on. Returns how to stop. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #tell(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }
}
