/**
 * What a host is told when a person has to authorize a client, and how it goes on. Kept apart, so that the public types
 * reach no SDK transport.
 */

/** A person has to authorize this client at a server. */
export interface AuthorizationRequired {
  readonly type: 'authorization.required';
  readonly server: string;
  readonly epoch: undefined;
  readonly atMs: number;
  /** To be opened by that person, over no channel that others read. It is in no other event, fault, error text or log. */
  readonly url: string;
}

/** How an authorization is finished. */
export type Authorization =
  /** The whole URL that the browser was sent to. */
  | { readonly callbackUrl: string }
  /** What was in that URL. Without `state`, whoever received it has compared it. */
  | { readonly code: string; readonly state?: string; readonly iss?: string }
  /** Wait for the browser at `redirectUrl`, which must be a port of this host. */
  | LoopbackAuthorization;

/** How a browser on this host is waited for. */
export interface LoopbackAuthorization {
  /** Given the URL to open. Nothing here opens a browser. */
  readonly open: (url: string) => void | Promise<void>;
  /** How long that person may take, in milliseconds. Default 600 000. */
  readonly deadlineMs?: number;
  /** Aborting rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}
