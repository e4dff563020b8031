/**
 * Turns the wish to stop into stages: the first signal asks politely, the second forces, the third ends the process.
 * A reader that went away counts as a wish to stop.
 */

import { EXIT } from './exit-code.ts';
import type { Host } from './host.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The reason of what was cancelled because somebody asked to stop. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';

  constructor() {
    super('interrupted');
  }
}

/** Listens for signals while a command runs; dispose it to stop listening. */
export class Interruption implements Disposable {
  readonly #host: Host;
  readonly #polite = new AbortController();
  readonly #forced = new AbortController();

  constructor(host: Host) {
    this.#host = host;
    for (const signal of SIGNALS) host.process.on(signal, this.#interrupt);
    for (const { stream } of [host.out, host.err]) stream.on('error', this.#lost);
  }

  /** Aborted by the first signal. */
  get signal(): AbortSignal {
    return this.#polite.signal;
  }

  /** Aborted by the second signal. */
  get forced(): AbortSignal {
    return this.#forced.signal;
  }

  /** Ask to stop, as a signal does. */
  interrupt(): void {
    this.#interrupt();
  }

  [Symbol.dispose](): void {
    for (const signal of SIGNALS) this.#host.process.off(signal, this.#interrupt);
  }

  readonly #interrupt = (): void => {
    if (this.#forced.signal.aborted) this.#host.process.exit(EXIT.interrupted);
    else if (this.#polite.signal.aborted) this.#forced.abort(new Interrupted());
    else this.#polite.abort(new Interrupted());
  };

  /** Stays for good: what is still written to a stream that was lost must not end the process. */
  readonly #lost = (): void => {
    if (!this.#polite.signal.aborted) this.#polite.abort(new Interrupted());
  };
}
