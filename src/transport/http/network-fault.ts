/**
 * What a failure below HTTP means: no connection, a broken one, or bytes that are not HTTP. Decided by the code in
 * the error's cause chain, never by its text, which may name the URL and what is secret in it.
 */

import { FaultError } from '../../fault.ts';

/** Errors nest (`fetch` in `connect` in `getaddrinfo`), but never deeper than this. */
const MAX_DEPTH = 5;

/** Codes of the system, of Node and of undici look like this; anything else is not shown. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/**
 * Turn what the HTTP client failed with into a fault.
 *
 * `wasSent` says whether the request may have left this process: if not, its outcome is `not-sent`, else `unknown`.
 * The error itself is not kept as `cause`.
 */
export function networkFault(error: unknown, wasSent: boolean): FaultError {
  const errno = errorCode(error) ?? 'UNKNOWN';
  return new FaultError({ kind: 'unreachable', errno }, wasSent ? 'unknown' : 'not-sent');
}

function errorCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth === MAX_DEPTH) return undefined;
  const { cause, code, errors } = error as { cause?: unknown; code?: unknown; errors?: unknown };
  // The innermost code is the system's own; the ones around it only say who was calling.
  const inner = errorCode(cause, depth + 1) ?? (Array.isArray(errors) ? errorCode(errors[0], depth + 1) : undefined);
  if (inner !== undefined) return inner;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}
