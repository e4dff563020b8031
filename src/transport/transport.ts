/**
 * The ports of the transport room. A *carrier* is what messages travel over (a child process, a pool of
 * sockets, a channel within this process); a *transport* moves messages over one carrier. Both are constructed without I/O, started once,
 * ended once and never reused, so whoever constructs one can register its release in the same line.
 */

import type { Transport as SdkTransport, TransportSendOptions } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import type { CarrierDetails } from './carrier-details.ts';
import type { CredentialActivity, Credentials } from './http/credentials.ts';
import type { ProcessOwnership } from './process-report.ts';

/** What sending may return where the system took the message at once: nothing is left to wait for. */
export const SENT: Promise<void> = Promise.resolve();

/** What may be said of one message beside the message. */
export interface SendOptions extends TransportSendOptions {
  /** Streamable HTTP: more headers of this request, by name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Where the reply travels with its request: aborting it takes the request back, which the server sees. */
  readonly requestSignal?: AbortSignal | undefined;
}

/** Moves messages for one link. Structurally the SDK's transport, plus what the SDK cannot tell. */
export interface Transport extends SdkTransport {
  /** Set by the link. Called once when the transport is open: process spawned, stream opened. */
  onopen?: (() => void) | undefined;
  /**
   * Set by the link. Called at most once, when nothing can be received any more or the server has forgotten the session.
   * `onclose` follows in the same turn, so that what is pending is rejected at once; where the reply travels with its
   * request and only the session is gone, it follows when the transport is closed.
   */
  onfault?: ((fault: Fault) => void) | undefined;
  /**
   * Set by the link. Called for every sign of life: bytes of a message or keep-alive arrived.
   */
  onheard?: (() => void) | undefined;
  /** Whether the reply travels with its request, so that closing the one cancels the other. */
  readonly hasPerRequestStream?: boolean;
  /**
   * Set by the link. Called when the server can be heard that says something by itself, again after each break of that
   * stream: what it said before may be lost. Only where that stream is one of its own (Streamable HTTP).
   */
  onlistening?: (() => void) | undefined;
  /**
   * Send one message. Rejects with `FaultError` when it was not taken on. Where the reply travels with its request
   * (Streamable HTTP), sending a request lasts until the reply was delivered, and rejects as soon as it cannot come.
   * A request that a later message cancels, or that is recalled, resolves.
   */
  send(message: JSONRPCMessage, options?: SendOptions): Promise<void>;
  /**
   * Take back a request whose sending has not ended. True when it never left this process, and now never will: it may
   * be sent elsewhere. Without it, any may have left.
   */
  recall?(id: RequestId): boolean;
  /** Whether what is sent is held up by getting credentials for it; nothing without any. Read at any time. */
  readonly credentialActivity?: CredentialActivity | undefined;
  /** Tell the server that we leave (DELETE of the session), bounded in time. Never rejects. */
  farewell(): Promise<void>;
  /** Stop at once: no callback after it. Idempotent; never rejects, never waits for the server. */
  close(): Promise<void>;
}

/** Told of a start that has to wait until others have started. None of it may throw. */
export interface StartTurn {
  /** It waits. */
  awaited(): void;
  /** It waited, and goes on. */
  had(): void;
}

/** What a transport runs over. */
export interface Carrier {
  /**
   * Start it: spawn the process, or nothing for sockets. Rejects with `FaultError`. Aborting the signal makes
   * it reject; what was begun is undone by `release`. `turn` is told where it has to wait for others.
   */
  start(signal: AbortSignal, turn?: StartTurn): Promise<void>;
  /** Make the one transport of this carrier. Called once, after `start` has resolved. */
  createTransport(): Transport;
  /**
   * End it politely, then by force, and resolve when it is really gone. Idempotent (one promise), may be called in every
   * state, `start` under way included. Rejects only where it cannot be ended by force, and ending it failed.
   */
  release(): Promise<void>;
  /** End it by force, now, synchronously. For the hard edge of `close()`. Idempotent, never throws. */
  destroy(): void;
  /** Processes: the last lines of stderr, scrubbed and bounded. Read at any time. */
  recentStderr?(): readonly string[];
  /** Processes: the memory that they hold now, in bytes; nothing where that is not known. */
  residentBytes?(): number | undefined;
  /** What may be shown of it. Plain data without secrets; read at any time. */
  readonly details: CarrierDetails;
}

/** What every carrier is given beside its configuration. */
export interface CarrierContext {
  readonly clock: Clock;
  /** Takes the secrets of this server's configuration out of a text. */
  readonly scrub: (text: string) => string;
  /** Makes a secret known that is in no configuration, so that `scrub` finds it too. */
  readonly learn?: (secret: string) => void;
  /** HTTP: authorizes requests, where that is configured. */
  readonly authorization?: Credentials | undefined;
  /** How processes are bound to the host. Without it they end with the host, and are in no ledger. */
  readonly processes?: ProcessOwnership;
}
