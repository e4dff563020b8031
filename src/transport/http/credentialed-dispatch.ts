/**
 * Makes one request with credentials, and makes it again when they have to be renewed first. Whoever waits for the
 * exchange sees one request with one answer: a try that was refused for its credentials did not run.
 */

import type { Dispatcher } from 'undici';
import { FaultError } from '../../fault.ts';
import type { RequestCredentials } from './credentials.ts';
import { type Exchange, headOf } from './exchange.ts';
import type { RequestHeaders } from './request-headers.ts';

/** What a request is made of. */
export interface CredentialedDispatchOptions {
  readonly exchange: Exchange;
  readonly credentials: RequestCredentials;
  /** Write the request once, with these headers beside its own. */
  readonly dispatch: (given: RequestHeaders, handler: Dispatcher.DispatchHandler) => void;
  /** Let the rest of an answer arrive that nobody waits for. Returns who takes it. */
  readonly letGo: (controller: Dispatcher.DispatchController) => Exchange;
}

/** One request, and its tries. */
export class CredentialedDispatch {
  readonly #options: CredentialedDispatchOptions;

  constructor(options: CredentialedDispatchOptions) {
    this.#options = options;
  }

  /** Make the request. What becomes of it is told by the exchange. */
  async begin(): Promise<void> {
    const { exchange, credentials, dispatch, letGo } = this.#options;
    let headers: RequestHeaders;
    try {
      headers = await credentials.headers();
    } catch (error) {
      exchange.fail(withOutcome(error, 'not-sent'));
      return;
    }
    // Nobody may want it any more.
    if (exchange.isSettled) return;
    const refused = (renew: () => Promise<void>, controller: Dispatcher.DispatchController) => {
      void this.#again(renew);
      return letGo(controller);
    };
    dispatch(headers, new Try(exchange, credentials, refused));
  }

  async #again(renew: () => Promise<void>): Promise<void> {
    const { exchange } = this.#options;
    exchange.refused();
    try {
      await renew();
    } catch (error) {
      exchange.fail(withOutcome(error, 'refused'));
      return;
    }
    await this.begin();
  }
}

/** Told of an answer after which the request is made again. Returns who takes the rest of it. */
type Refused = (renew: () => Promise<void>, controller: Dispatcher.DispatchController) => Exchange;

/** One try: it hands everything on, except an answer after which the request is made again. */
class Try implements Dispatcher.DispatchHandler {
  readonly #credentials: RequestCredentials;
  readonly #refused: Refused;
  #exchange: Exchange;

  constructor(exchange: Exchange, credentials: RequestCredentials, refused: Refused) {
    this.#exchange = exchange;
    this.#credentials = credentials;
    this.#refused = refused;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#exchange.onRequestStart(controller);
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    const isOfUse = status >= 200 && !this.#exchange.isSettled;
    const renew = isOfUse ? this.#credentials.answered?.(headOf(status, headers)) : undefined;
    if (renew === undefined) this.#exchange.onResponseStart(controller, status, headers);
    else this.#exchange = this.#refused(renew, controller);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#exchange.onResponseData(controller, chunk);
  }

  onResponseEnd(): void {
    this.#exchange.onResponseEnd();
  }

  onResponseError(controller: Dispatcher.DispatchController, error: Error): void {
    this.#exchange.onResponseError(controller, error);
  }
}

function withOutcome(error: unknown, outcome: 'not-sent' | 'refused'): FaultError {
  // Anything else is a defect of ours, and no more may be said of it than that.
  const fault = error instanceof FaultError ? error.fault : ({ kind: 'crashed', message: 'credentials' } as const);
  return new FaultError(fault, outcome);
}
