/** What the requests of one server carry that is not the message: static headers, and those that are given anew. */

import type { HttpHeaders } from '../../config/server-config.ts';
import type { CarrierContext } from '../transport.ts';
import type { ResponseHead } from './exchange.ts';
import { HeaderSource } from './header-source.ts';
import { type RequestHeaders, staticHeaders } from './request-headers.ts';
import type { HttpRequest } from './socket-pool.ts';

/** Whether requests are held up by getting what they carry, so that the server cannot be blamed for its silence. */
export interface CredentialActivity {
  /** Something is being got now. */
  readonly isBusy: boolean;
  /** Counts up whenever that begins or ends. */
  readonly turns: number;
}

/** Says what requests carry beside the static headers, each time anew. */
export interface Credentials {
  /** Read at any time. */
  readonly activity?: CredentialActivity;
  /** Begin a request. Aborting the signal means that nobody waits any more. */
  forRequest(request: HttpRequest, signal: AbortSignal): RequestCredentials;
}

/** The credentials of one request, which may be made more than once. */
export interface RequestCredentials {
  /** The headers of the next try. Rejects with `FaultError`. */
  headers(): Promise<RequestHeaders>;
  /**
   * Look at the head of an answer. Returns what has to be done before the request is made once more, or nothing when
   * the answer stands. What is returned rejects with `FaultError` when it cannot be done.
   */
  answered?(head: ResponseHead): (() => Promise<void>) | undefined;
}

/** The part of a configuration that says what requests carry. */
interface CredentialsConfig {
  readonly name: string;
  readonly url: string;
  readonly headers?: HttpHeaders | undefined;
}

/** Gather what a configuration says to send: what is always the same, and what is asked for each time. */
export function headersOf(
  { name, url, headers }: CredentialsConfig,
  { clock, learn = () => {}, authorization }: CarrierContext,
): { readonly headers: RequestHeaders; readonly credentials?: Credentials | undefined } {
  if (typeof headers !== 'function')
    return { headers: staticHeaders(new URL(url), headers), credentials: authorization };
  const source = new HeaderSource(headers, { server: name, clock, learn });
  const given: Credentials = { forRequest: (_, signal) => ({ headers: () => source.headers(signal) }) };
  const credentials = authorization === undefined ? given : joined(given, authorization);
  return { headers: staticHeaders(new URL(url)), credentials };
}

/** Headers of a function, and a token, which wins. */
function joined(given: Credentials, authorization: Credentials): Credentials {
  return {
    get activity() {
      return authorization.activity ?? { isBusy: false, turns: 0 };
    },
    forRequest: (request, signal) => {
      const own = given.forRequest(request, signal);
      const authorized = authorization.forRequest(request, signal);
      return {
        headers: async () => ({ ...(await own.headers()), ...(await authorized.headers()) }),
        answered: (head) => authorized.answered?.(head),
      };
    },
  };
}
