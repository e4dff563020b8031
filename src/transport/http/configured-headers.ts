/** What the requests of one server carry that is not the message: static headers, and those that are given anew. */

import type { HttpHeaders } from '../../config/http-headers.ts';
import type { CarrierContext } from '../transport.ts';
import type { Credentials } from './credentials.ts';
import { HeaderSource } from './header-source.ts';
import { type RequestHeaders, staticHeaders } from './request-headers.ts';

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
