/** What the requests of one server carry that is not the message: static headers, and those that are given anew. */

import type { HttpHeaders } from '../../config/server-config.ts';
import type { CarrierContext } from '../transport.ts';
import { HeaderSource } from './header-source.ts';
import { type RequestHeaders, staticHeaders } from './request-headers.ts';
import type { HttpRequest } from './socket-pool.ts';

/** Says what a request carries beside the static headers, each time anew. */
export interface Credentials {
  /** The headers of one request. Aborting the signal means that nobody waits any more. Rejects with `FaultError`. */
  headersFor(request: HttpRequest, signal: AbortSignal): Promise<RequestHeaders>;
}

/** The part of a configuration that says what requests carry. */
export interface CredentialsConfig {
  readonly name: string;
  readonly url: string;
  readonly headers?: HttpHeaders | undefined;
}

/** Gather what a configuration says to send: what is always the same, and what is asked for each time. */
export function headersOf(
  { name, url, headers }: CredentialsConfig,
  { clock, learn = () => {} }: CarrierContext,
): { readonly headers: RequestHeaders; readonly credentials?: Credentials } {
  if (typeof headers !== 'function') return { headers: staticHeaders(new URL(url), headers) };
  const source = new HeaderSource(headers, { server: name, clock, learn });
  return {
    headers: staticHeaders(new URL(url)),
    credentials: { headersFor: (_request, signal) => source.headers(signal) },
  };
}
