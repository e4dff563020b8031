/**
 * Asks the user's function for the headers of one request. It is bounded and guarded: whatever it does, the request
 * either carries what it gave or fails with a fault that says no more than how it failed.
 */

import type { Clock, Timer } from '../../clock.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import { type HeadersFunction, headersSchema } from '../../config/http-headers.ts';
import { type Fault, FaultError } from '../../fault.ts';
import { type RequestHeaders, sendableHeaders } from './request-headers.ts';

/** What a source is made of. */
export interface HeaderSourceOptions {
  readonly server: string;
  readonly clock: Clock;
  /** Told of every value that the function gave: each may be a credential. */
  readonly learn: (secret: string) => void;
}

type Failure = Extract<Fault, { kind: 'headers-unavailable' }>['reason'];

/** The headers that a function gives. */
export class HeaderSource {
  readonly #give: HeadersFunction;
  readonly #options: HeaderSourceOptions;

  constructor(give: HeadersFunction, options: HeaderSourceOptions) {
    this.#give = give;
    this.#options = options;
  }

  /** Ask for the headers of one request. Aborting tells the function, and fails. Rejects with `FaultError`. */
  async headers(signal: AbortSignal): Promise<RequestHeaders> {
    const given = headersSchema().safeParse(await this.#ask(signal));
    if (!given.success) throw unavailable('invalid');
    const headers = sendableHeaders(given.data);
    for (const value of Object.values(headers)) this.#options.learn(value);
    return headers;
  }

  #ask(signal: AbortSignal): Promise<unknown> {
    const { server, clock } = this.#options;
    const own = new AbortController();
    return new Promise((resolve, reject) => {
      let timer: Timer | undefined;
      const settle = (act: () => void): void => {
        if (timer !== undefined) clock.clearTimeout(timer);
        signal.removeEventListener('abort', released);
        act();
      };
      const released = (): void => {
        settle(() => reject(new FaultError({ kind: 'closed' }, 'not-sent')));
        own.abort();
      };
      if (signal.aborted) return released();
      signal.addEventListener('abort', released, { once: true });
      timer = clock.setTimeout(() => {
        settle(() => reject(unavailable('timed-out')));
        own.abort();
      }, DEFAULTS.headersTimeoutMs);
      new Promise<unknown>((give) => give(this.#give({ server, signal: own.signal }))).then(
        (value) => settle(() => resolve(value)),
        () => settle(() => reject(unavailable('threw'))),
      );
    });
  }
}

function unavailable(reason: Failure): FaultError {
  return new FaultError({ kind: 'headers-unavailable', reason }, 'not-sent');
}
