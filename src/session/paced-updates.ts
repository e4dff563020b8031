/** Tells updates of resources at once, and a server that repeats itself only so often. */

import type { Clock, Timer } from '../clock.ts';

/** Bounds how often an update of the same resource is told; none is lost. */
export class PacedUpdates {
  readonly #clock: Clock;
  readonly #pauseMs: number;
  readonly #tell: (uri: string) => void;
  #recent = new Set<string>();
  #waiting = new Set<string>();
  #timer: Timer | undefined;

  constructor(clock: Clock, pauseMs: number, tell: (uri: string) => void) {
    this.#clock = clock;
    this.#pauseMs = pauseMs;
    this.#tell = tell;
  }

  /** A resource was updated. */
  add(uri: string): void {
    if (this.#recent.has(uri)) {
      this.#waiting.add(uri);
      return;
    }
    this.#recent.add(uri);
    this.#timer ??= this.#clock.setTimeout(() => this.#pass(), this.#pauseMs);
    this.#tell(uri);
  }

  /** Tell what waits, now, and leave no timer. */
  flush(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const uri of this.#waiting) this.#tell(uri);
    this.#waiting = new Set();
    this.#recent = new Set();
  }

  #pass(): void {
    const waited = [...this.#waiting];
    this.flush();
    // What was told just now is recent again.
    this.#recent = new Set(waited);
    if (waited.length > 0) this.#timer = this.#clock.setTimeout(() => this.#pass(), this.#pauseMs);
  }
}
