/** Headers that every request of a server carries: always the same ones, or given anew for each. */

import { z } from 'zod';
import { once } from '../once.ts';

/** What a function that gives headers is told. */
export interface HeadersContext {
  /** The name of the server. */
  readonly server: string;
  /** Aborted when nobody waits for the headers any more: they took too long, or the connection is released. */
  readonly signal: AbortSignal;
}

/**
 * Gives the headers of one request, for credentials that rotate. Called for every request, so it should remember what
 * it has.
 *
 * **Bounds** it has 10 s. **Errors** one that throws, takes longer or gives what cannot be sent fails the request with
 * the fault `headers-unavailable`; what it threw is seen by nobody.
 */
export type HeadersFunction = (
  context: HeadersContext,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;

/** Headers of every request: always the same, or given anew for each. */
export type HttpHeaders = Readonly<Record<string, string>> | HeadersFunction;

/** Accepts headers by name. */
export const headersSchema = once(() =>
  z.record(
    z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, 'must be a valid header name'),
    // Narrower than what HTTP parsers let pass: anything else makes `fetch` throw, and its message quotes the value.
    z.string().regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of Latin-1 characters'),
  ),
);
