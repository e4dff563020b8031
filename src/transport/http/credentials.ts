/** The port by which requests are given credentials, each time anew, and by which a refused one gets others. */

import type { ResponseHead } from './exchange.ts';
import type { HttpRequest } from './http-request.ts';
import type { RequestHeaders } from './request-headers.ts';

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
