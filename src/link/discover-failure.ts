/** Decides what a failed request means, by the class and string code of what the v2 line of the SDK threw. */

import { ProtocolError, SdkError, SdkErrorCode } from '@modelcontextprotocol/client';
import { DEFAULTS } from '../config/defaults.ts';
import { scrubValue } from '../config/scrubbed-value.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { RequestFailure } from './link.ts';
import { RefusedRequest } from './refused-request.ts';

/** What a failure is judged by. */
export interface FailureContext {
  readonly scrub: (text: string) => string;
  /** Why the link ended; nothing while it lives. */
  readonly fault: Fault | undefined;
  /** The deadline of the request has passed: only then is a timeout one. */
  readonly isLate: () => boolean;
  /** The failure of a request that its transport could not carry. */
  readonly carryFailure: (error: FaultError) => RequestFailure;
}

/** Turn what the SDK's `request` rejected with into a failure. */
export function discoverFailure(
  error: unknown,
  { scrub, fault, isLate, carryFailure }: FailureContext,
): RequestFailure {
  // Only our own transport can put an instance there: what a server sends comes out of `JSON.parse`.
  if (error instanceof ProtocolError && error.data instanceof FaultError) return carryFailure(error.data);
  if (fault !== undefined) return { kind: 'fault', fault, outcome: 'unknown' };
  if (error instanceof RefusedRequest) {
    const { reason, message } = error;
    return reason === 'invalid'
      ? { kind: 'invalid-reply', detail: message }
      : { kind: 'input-refused', detail: message };
  }
  if (error instanceof ProtocolError) {
    const { code, message, data } = error;
    return { kind: 'server-error', code, message: scrub(message), data: scrubValue(scrub, data) };
  }
  if (error instanceof SdkError) {
    if (error.code === SdkErrorCode.RequestTimeout && isLate()) return { kind: 'timed-out' };
    if (error.code === SdkErrorCode.InputRequiredRoundsExceeded) {
      return { kind: 'input-refused', detail: `it wanted more than ${DEFAULTS.maxInputRounds} rounds of it` };
    }
    return { kind: 'invalid-reply', detail: error.code };
  }
  return { kind: 'invalid-reply', detail: error instanceof Error ? error.name : typeof error };
}
