/**
 * Our Transport port around the SDK's transport for HTTP+SSE. Its stream is opened once: the first thing that goes
 * wrong with it ends the transport, because a stream that the EventSource opened again would be a new session
 * without a handshake.
 */

import { SSEClientTransport, SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { type Fault, FaultError } from '../../fault.ts';
import { cancelledRequest } from '../cancellation.ts';
import { holdsMoreValues } from '../json-text.ts';
import type { Transport } from '../transport.ts';
import { TransportCallbacks } from '../transport-callbacks.ts';
import { SESSION_CHECK_ID } from './answer-judge.ts';
import { isLasting } from './lasting-fault.ts';
import { SseFetchGuard, type SseFetchGuardContext } from './sse-fetch-guard.ts';

type State = 'new' | 'opening' | 'open' | 'ended';

/** Moves messages over HTTP+SSE. Source: MCP 2024-11-05, "Transports", "HTTP with SSE". */
export class SseTransport extends TransportCallbacks implements Transport {
  readonly #context: SseFetchGuardContext;
  readonly #sdk: SSEClientTransport;
  readonly #guard: SseFetchGuard;
  #state: State = 'new';
  #fault: Fault = { kind: 'closed' };
  #rejectStart: (error: FaultError) => void = () => {};

  constructor(context: SseFetchGuardContext) {
    super();
    this.#context = context;
    this.#guard = new SseFetchGuard(context, {
      heard: () => this.onheard?.(),
      message: (data) => this.#receive(data),
      faulted: (error) => this.#fail(error),
    });
    this.#sdk = new SSEClientTransport(context.url, { fetch: this.#guard.fetch });
    this.#sdk.onerror = (error) => {
      // The one error that says that the stream is gone; all others concern one message.
      if (error instanceof SseError && this.#state === 'open') {
        this.#fail(new FaultError({ kind: 'stream-ended' }, 'unknown'));
      }
    };
  }

  setProtocolVersion(version: string): void {
    this.#sdk.setProtocolVersion(version);
  }

  /**
   * Open the stream and wait for the endpoint. Rejects with `FaultError`, and leaves nothing open then; `close` makes
   * it reject. It has no time limit of its own: a server that never names an endpoint is closed by whoever waits.
   */
  start(): Promise<void> {
    if (this.#state !== 'new') return Promise.reject(new FaultError(this.#fault, 'not-sent'));
    this.#state = 'opening';
    return new Promise((resolve, reject) => {
      this.#rejectStart = reject;
      this.#sdk.start().then(
        () => {
          if (this.#state !== 'opening') return;
          this.#state = 'open';
          this.onopen?.();
          resolve();
        },
        (error: unknown) => this.#fail(openError(error)),
      );
    });
  }

  /**
   * Send one message; resolves when the server accepted it, or when it was cancelled. Rejects with `FaultError`.
   * The reply to a request comes on the stream, and with the stream every reply is lost.
   */
  send(message: JSONRPCMessage): Promise<void> {
    const sending = this.#send(message);
    // Registered before anyone else can, so one turn later everybody has heard: the request that was refused must
    // not look like the ones that are lost with the session.
    sending.catch((error: unknown) => {
      if (error instanceof FaultError && isLasting(error.fault)) queueMicrotask(() => this.#fail(error));
    });
    return sending;
  }

  recall(id: RequestId): boolean {
    return this.#guard.recall(id);
  }

  /** HTTP+SSE has no farewell: closing the stream ends the session. */
  async farewell(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#state !== 'ended') {
      const { onclose } = this;
      this.#end({ kind: 'closed' });
      onclose?.();
    }
    this.#context.pool.breakOff();
  }

  async #send(message: JSONRPCMessage): Promise<void> {
    if (this.#state !== 'open') throw new FaultError(this.#fault, 'not-sent');
    const cancelled = cancelledRequest(message);
    // Nothing is said of a request that the server never saw.
    if (cancelled !== undefined && !this.#guard.cancel(cancelled)) return;
    try {
      await this.#sdk.send(message);
    } catch (error) {
      throw carriedError(error);
    }
  }

  #receive(data: string): void {
    if (this.#state === 'ended') return;
    if (holdsMoreValues(data, this.#context.maxValues)) {
      return this.#fail(new FaultError({ kind: 'flooded', what: 'values in one message' }, 'unknown'));
    }
    let message: unknown;
    try {
      message = JSON.parse(data);
    } catch {
      message = undefined;
    }
    if (typeof message !== 'object' || message === null) {
      if (this.#context.rate.take()) return;
      return this.#fail(new FaultError({ kind: 'flooded', what: 'events that are no messages' }, 'unknown'));
    }
    if ('id' in message && message.id === SESSION_CHECK_ID) return;
    try {
      this.onmessage?.(message as JSONRPCMessage);
    } catch {
      // Whoever takes the message may fail over it; the connection that brought it must not.
    }
  }

  #fail(error: FaultError): void {
    if (this.#state === 'ended') return;
    const wasOpen = this.#state === 'open';
    const { onfault, onclose } = this;
    this.#end(error.fault);
    // Until it is open, whoever opens it hears of it by the rejection.
    if (wasOpen) {
      onfault?.(error.fault);
      onclose?.();
    }
    // Last: what is broken off can no longer be taken back.
    this.#context.pool.breakOff();
  }

  #end(fault: Fault): void {
    this.#state = 'ended';
    this.#fault = fault;
    this.silence();
    this.#guard.stop();
    // The EventSource sets its timer after it has told us of its error, so it is closed a moment after that.
    queueMicrotask(() => void this.#sdk.close());
    this.#rejectStart(new FaultError(fault, 'not-sent'));
  }
}

/** Why the stream could not be opened, where the guard has not said it. */
function openError(error: unknown): FaultError {
  // A redirect that the policy of the SDK does not follow.
  if (error instanceof SseError && error.code !== undefined) {
    return new FaultError({ kind: 'http-status', status: error.code }, 'refused');
  }
  return new FaultError({ kind: 'stream-ended' }, 'not-sent');
}

/** What the SDK threw, as a fault: its own errors quote the server and the URL, so nothing of them is kept. */
function carriedError(error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  return new FaultError({ kind: 'malformed-message', detail: 'the request' }, 'unknown');
}
