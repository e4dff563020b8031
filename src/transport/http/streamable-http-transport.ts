/**
 * Our Transport port around the SDK's Streamable HTTP transport. Sending a request lasts until its reply was
 * delivered, so whatever makes the reply impossible makes that request fail, at once and alone. It ends itself only
 * when the session is lost or what the server sends unasked can no longer arrive.
 */

import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { JSONRPCMessage, JSONRPCRequest, RequestId } from '@modelcontextprotocol/sdk/types.js';
import { type Fault, FaultError } from '../../fault.ts';
import { withDeadline } from '../../policy/deadline.ts';
import { InFlight } from '../../policy/in-flight.ts';
import { cancelledRequest } from '../cancellation.ts';
import { holdsMoreValues } from '../json-text.ts';
import type { SendOptions, Transport } from '../transport.ts';
import { TransportCallbacks } from '../transport-callbacks.ts';
import type { CredentialActivity, Credentials } from './credentials.ts';
import type { EventStreamContext } from './event-stream.ts';
import { FetchGuard } from './fetch-guard.ts';
import { isLasting } from './lasting-fault.ts';
import { messageHeaders } from './message-headers.ts';
import { PendingReply } from './pending-reply.ts';
import { sendableHeaders } from './request-headers.ts';

/** What the transport is made of beside its streams. */
export interface StreamableHttpTransportOptions {
  readonly url: URL;
  readonly streams: EventStreamContext;
  readonly terminateTimeoutMs: number;
  readonly credentials?: Credentials | undefined;
}

/** Moves messages over Streamable HTTP. Source: MCP 2025-11-25, "Transports", "Streamable HTTP". */
export class StreamableHttpTransport extends TransportCallbacks implements Transport {
  readonly hasPerRequestStream = true;
  readonly #options: StreamableHttpTransportOptions;
  readonly #sdk: StreamableHTTPClientTransport;
  readonly #guard: FetchGuard;
  readonly #pending = new InFlight(({ id }: PendingReply) => id);
  /** Why nothing is sent any more. */
  #ended: Fault | undefined;
  /** Nothing is delivered any more either. */
  #isOver = false;

  constructor(options: StreamableHttpTransportOptions) {
    super();
    this.#options = options;
    this.#guard = new FetchGuard(options.streams, {
      heard: () => this.onheard?.(),
      pending: (id) => this.#pending.get(id),
      listening: () => this.onlistening?.(),
      pushed: (data) => this.#pushed(data),
      unread: () => this.#unread(),
      faulted: (error) => this.#fail(error.fault),
    });
    this.#sdk = new StreamableHTTPClientTransport(options.url, { fetch: this.#guard.fetch });
  }

  get credentialActivity(): CredentialActivity | undefined {
    return this.#options.credentials?.activity;
  }

  get sessionId(): string | undefined {
    return this.#sdk.sessionId;
  }

  setProtocolVersion(version: string): void {
    this.#sdk.setProtocolVersion(version);
  }

  /** There is nothing to open: the first message shows whether the server is there. */
  async start(): Promise<void> {
    if (this.#ended !== undefined) throw new FaultError(this.#ended, 'not-sent');
    await this.#sdk.start();
    this.onopen?.();
  }

  /**
   * Send one message. A request resolves when its reply was delivered, or when it was cancelled; any other message
   * when the server accepted it. What is resumed, and how, is decided here, whatever the SDK says of it.
   *
   * **Errors** rejects with `FaultError` when a request was not taken on, or when its reply cannot come any more.
   */
  send(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    const sending = this.#send(message, options);
    // Registered before anyone else can, so one turn later everybody has heard: the request that was refused must
    // not look like the ones that are lost with the session.
    sending.catch((error: unknown) => {
      if (error instanceof FaultError && isLasting(error.fault)) {
        queueMicrotask(() => this.#fail(error.fault));
      }
    });
    return sending;
  }

  recall(id: RequestId): boolean {
    const pending = this.#pending.get(id);
    if (pending === undefined || pending.wasSent) return false;
    pending.cancel();
    return true;
  }

  /** End the session on the server (DELETE), if there is one that it knows. Bounded by `terminateTimeoutMs`. */
  async farewell(): Promise<void> {
    const isForgotten = this.#ended?.kind === 'session-lost';
    if (this.#sdk.sessionId === undefined || isForgotten || this.#ended?.kind === 'closed') return;
    const { streams, terminateTimeoutMs } = this.#options;
    // Whether it was heard changes nothing: the connection is given up in any case.
    await withDeadline(streams.clock, this.#sdk.terminateSession(), terminateTimeoutMs).catch(() => {});
  }

  async close(): Promise<void> {
    this.#ended ??= { kind: 'closed' };
    this.#finish();
  }

  async #send(message: JSONRPCMessage, options: SendOptions | undefined): Promise<void> {
    const cancelled = cancelledRequest(message);
    if (cancelled !== undefined && !this.#cancel(cancelled)) return;
    if (this.#ended !== undefined) throw new FaultError(this.#ended, 'not-sent');
    if ('method' in message && 'id' in message) await this.#ask(message, options);
    else await this.#tell(message);
  }

  async #ask(message: JSONRPCRequest, { headers, requestSignal }: SendOptions = {}): Promise<void> {
    const own = messageHeaders(message);
    const { id, method } = message;
    const pending = new PendingReply(
      { id, method, headers: own && { ...sendableHeaders(headers ?? {}), ...own } },
      this.#options.streams.maxValues,
      (reply) => this.#deliver(reply),
    );
    this.#pending.add(pending);
    const cancel = () => pending.cancel();
    requestSignal?.addEventListener('abort', cancel, { once: true });
    try {
      await this.#sdk.send(message);
      await pending.outcome();
    } catch (error) {
      if (!pending.isDone) throw carriedError(error, pending.wasSent);
    } finally {
      requestSignal?.removeEventListener('abort', cancel);
      this.#pending.take(pending.id);
    }
  }

  async #tell(message: JSONRPCMessage): Promise<void> {
    try {
      await this.#sdk.send(message);
    } catch (error) {
      throw carriedError(error, true);
    }
  }

  /** Wait for a reply no more, and say whether the server has to be told. */
  #cancel(id: RequestId): boolean {
    const pending = this.#pending.get(id);
    pending?.cancel();
    // Nothing is said of a request that the server never saw, nor of the one that the specification excepts.
    return pending === undefined || (pending.wasSent && pending.method !== 'initialize');
  }

  #pushed(data: string): void {
    if (holdsMoreValues(data, this.#options.streams.maxValues)) {
      return this.#fail({ kind: 'flooded', what: 'values in one message' });
    }
    let value: unknown;
    try {
      value = JSON.parse(data);
    } catch {
      return this.#unread();
    }
    if (typeof value !== 'object' || value === null) return this.#unread();
    this.#deliver(value as JSONRPCMessage);
    // A reply may come here instead of on the stream of its request.
    if ('id' in value && !('method' in value)) this.#pending.get(value.id as RequestId)?.answered();
  }

  /** What is no message is dropped, as long as it does not come too fast. */
  #unread(): void {
    if (!this.#options.streams.rate.take()) this.#fail({ kind: 'flooded', what: 'events that are no messages' });
  }

  #deliver(message: JSONRPCMessage): void {
    if (this.#isOver) return;
    try {
      this.onmessage?.(message);
    } catch {
      // Whoever takes the message may fail over it; the connection that brought it must not.
    }
  }

  /** With the session nothing is lost that is under way already: each reply travels with its request. */
  #fail(fault: Fault): void {
    if (this.#ended !== undefined) {
      if (fault.kind !== 'session-lost') this.#finish();
      return;
    }
    this.#ended = fault;
    this.#guard.stop();
    this.onfault?.(fault);
    if (fault.kind !== 'session-lost') this.#finish();
  }

  #finish(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const { onclose } = this;
    this.silence();
    onclose?.();
    this.#guard.stop();
    const fault = this.#ended ?? { kind: 'closed' };
    for (const pending of this.#pending.all()) {
      pending.fail(new FaultError(fault, pending.wasSent ? 'unknown' : 'not-sent'));
    }
    void this.#sdk.close();
    this.#options.streams.pool.breakOff();
  }
}

/** What the SDK threw, as a fault: its own errors quote the server and the URL, so nothing of them is kept. */
function carriedError(error: unknown, wasSent: boolean): FaultError {
  if (error instanceof FaultError) return error;
  // The only status that gets as far as the SDK is a redirect that its policy does not follow.
  if (error instanceof StreamableHTTPError && error.code !== undefined) {
    return new FaultError({ kind: 'http-status', status: error.code }, 'refused');
  }
  return new FaultError({ kind: 'malformed-message', detail: 'the request' }, wasSent ? 'unknown' : 'not-sent');
}
