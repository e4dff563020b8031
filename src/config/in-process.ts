/** What a server in the same process is configured with: the function that makes the way to it. */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/**
 * Our end of a channel to a server: structurally the `Transport` of the SDKs, as far as it is used. The server is
 * connected to the other end, or will be by `start`.
 */
export interface InProcessTransport {
  /** Begin to deliver. Called once, after the callbacks are set. */
  start(): Promise<void>;
  /** Hand one message over. The very object is given, not a copy: leave it as it is. */
  send(message: JSONRPCMessage): Promise<void> | void;
  /** End it, and what only it holds. Called once, also where `start` never was. */
  close(): Promise<void> | void;
  /** Set by whoever is connected, so it has to be free. To be called with each message of the server. */
  onmessage?: ((message: JSONRPCMessage) => void) | undefined;
  /** To be called when nothing can be delivered any more. One that is set already is called too. */
  onclose?: (() => void) | undefined;
  /** What it is called with changes nothing. One that is set already is called too. */
  onerror?: ((error: Error) => void) | undefined;
  /** Called with the revision that was agreed on. */
  setProtocolVersion?: ((version: string) => void) | undefined;
}

/** What a function that makes a transport is told. */
export interface ConnectContext {
  /** The name of the server. */
  readonly server: string;
  /** Aborted when nobody waits for the transport any more: it took too long, or the connection is released. */
  readonly signal: AbortSignal;
}

/**
 * Makes a transport with a server at its other end: a new one for each life of the connection, with a server that is as
 * new, where it can serve only once.
 *
 * **Bounds** `connectTimeoutMs` covers it. One that goes on after its signal was aborted holds up the next life, for at
 * most `releaseTimeoutMs`; what it gives then is closed at once.
 * **Errors** one that throws, or gives what is no unused transport, fails the life with `transport-unavailable`; what it
 * threw is seen by nobody.
 */
export type ConnectFunction = (context: ConnectContext) => InProcessTransport | Promise<InProcessTransport>;
