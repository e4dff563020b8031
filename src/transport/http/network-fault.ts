/**
 * What a failure below HTTP means: no connection, a broken one, or bytes that are not HTTP. Decided by the code in
 * the error's cause chain, never by its text, which may name the URL and what is secret in it.
 */

import { FaultError } from '../../fault.ts';
import { errorCode } from '../error-code.ts';

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
