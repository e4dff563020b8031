/** What a caller may set for one call. */

import type { Progress } from '@modelcontextprotocol/sdk/types.js';

/** What a caller may set for one call. */
export interface CallOptions {
  /**
   * One deadline for waiting, connecting, repeating and the call, in milliseconds. Default: the server's
   * `callTimeoutMs`. Progress does not extend it; it stands still while a person answers a question of the server.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How long the server may give neither a reply nor progress once the call was sent, in milliseconds; it stands still
   * likewise. Then the call fails with `CALL_TIMEOUT`, its outcome unknown. Default: no bound but the deadline.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Cancels: in the queue, in the pause before a repetition, and on the wire. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When a failed call is sent again. `safe` (default): when that cannot run it twice, or a `trusted` server's hints say
   * that running it twice does no harm. `never`. `always`: also when its outcome is unknown; the caller answers for it.
   */
  readonly retry?: 'safe' | 'never' | 'always' | undefined;
  /**
   * Sent along in `_meta`, as it is: keys of your own, such as `com.example/tenant`, or `traceparent`, `tracestate` and
   * `baggage`, which then replace the trace context of the supervisor. The call rejects with `ConfigError`, and nothing is
   * sent, for `progressToken`, a prefix that is reserved for the protocol, and what is no key.
   */
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  /** Called with each progress notification of the server. What it throws is dropped. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** What a caller may set for a request whose reply the server may say to be good for a while. */
export interface ReadOptions extends CallOptions {
  /** Ask the server, also where it said that its last reply may be believed still. Default false. */
  readonly fresh?: boolean | undefined;
}
