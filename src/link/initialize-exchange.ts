/**
 * Requests and their replies in the initialize era. The SDK hears what the server says by itself; what we ask it, the
 * handshake included, is matched to its reply here, because the SDK's own bookkeeping costs as much as the rest of a call.
 * It keeps each reply to the same schemas. See ADR 27.
 */

import type { Transport as SdkTransport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { isJSONRPCErrorResponse, type JSONRPCMessage, type RequestId } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { Clock } from '../clock.ts';
import { scrubValue } from '../config/scrubbed-value.ts';
import { FaultError } from '../fault.ts';
import { EarliestDeadline } from '../policy/earliest-deadline.ts';
import { InFlight } from '../policy/in-flight.ts';
import type { SendOptions } from '../transport/transport.ts';
import type { FencedTransport } from './fenced-transport.ts';
import { RequestError, type RequestFailure, type RequestOptions } from './link.ts';
import type { ProgressBoard } from './progress-board.ts';
import { isResultReply } from './reply-shape.ts';

/** A request on its way. */
export interface ExchangeRequest {
  readonly method: string;
  readonly params?: Readonly<Record<string, unknown>> | undefined;
  /** What its result must look like. */
  readonly schema: z.ZodType;
  /** Whether it counts as pending; a sign of life does not. */
  readonly isCounted: boolean;
}

/** The link that asks. */
export interface ExchangeOwner {
  /** Throws `RequestError` where nothing can be sent any more, or the caller has given up. */
  assertSendable(signal: AbortSignal | undefined): void;
  /** A request that counts as pending waits for its reply. */
  begun(): void;
  /** It waits no more. */
  settled(): void;
  /** What a fault means for the request that met it. */
  failureOf(error: FaultError): RequestFailure;
  scrub(text: string): string;
}

interface Waiting {
  readonly id: RequestId;
  readonly schema: z.ZodType;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly signal: AbortSignal | undefined;
  readonly abort: (() => void) | undefined;
  readonly progressToken: number | undefined;
  readonly isCounted: boolean;
}

/** The other end of a fence, shared with the SDK's client. */
export class InitializeExchange implements SdkTransport {
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  onmessage?: SdkTransport['onmessage'];
  readonly #fence: FencedTransport;
  readonly #owner: ExchangeOwner;
  readonly #clock: Clock;
  readonly #progress: ProgressBoard;
  readonly #waiting = new InFlight(({ id }: Waiting): RequestId => id);
  readonly #deadlines: EarliestDeadline;
  #lastId = 0;

  constructor(fence: FencedTransport, owner: ExchangeOwner, clock: Clock, progress: ProgressBoard) {
    this.#fence = fence;
    this.#owner = owner;
    this.#clock = clock;
    this.#progress = progress;
    this.#deadlines = new EarliestDeadline(clock, (untilMs) => this.#expire(untilMs));
    fence.onmessage = (message, extra) => {
      if (!this.#read(message)) this.onmessage?.(message, extra);
    };
    fence.onclose = () => this.#end();
    fence.onerror = (error) => this.onerror?.(error);
  }

  start(): Promise<void> {
    return this.#fence.start();
  }

  send(message: JSONRPCMessage, options?: SendOptions): Promise<void> {
    return this.#fence.send(message, options);
  }

  setProtocolVersion(version: string): void {
    this.#fence.setProtocolVersion(version);
  }

  close(): Promise<void> {
    return this.#fence.close();
  }

  /** Send one request; one with an infinite `timeoutMs` waits until the end. Rejects with `RequestError`. */
  request(request: ExchangeRequest, options: RequestOptions): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const { timeoutMs, signal, onProgress } = options;
      this.#owner.assertSendable(signal);
      this.#lastId += 1;
      const id = this.#lastId;
      const nowMs = this.#clock.monotonic();
      const abort = signal && (() => this.#cancel(id, { kind: 'aborted' }, 'given up'));
      if (abort !== undefined) signal?.addEventListener('abort', abort, { once: true });
      const progressToken = onProgress && this.#progress.expect(onProgress);
      const deadlineMs = nowMs + timeoutMs;
      const { method, schema, isCounted } = request;
      this.#waiting.add({ id, schema, deadlineMs, resolve, reject, signal, abort, progressToken, isCounted });
      if (isCounted) this.#owner.begun();
      this.#deadlines.expect(deadlineMs, nowMs);
      const params = progressToken === undefined ? request.params : withToken(request.params, progressToken);
      void this.#fence.send({ jsonrpc: '2.0', id, method, params });
    });
  }

  /** Tell the client that nothing comes any more but replies, so that it ends what the server asked for. */
  hush(): void {
    const { onclose } = this;
    this.onclose = undefined;
    onclose?.();
  }

  /** Take a message that is about our requests; false leaves what the server says by itself to the SDK. */
  #read(message: JSONRPCMessage): boolean {
    if ('method' in message) {
      if (message.method !== 'notifications/progress') return false;
      this.#progress.take(message.params);
      return true;
    }
    const id = Number(message.id);
    const isResult = isResultReply(message);
    // It is counted as what nobody asked for; where it is the reply to a request, that fails by it.
    if (this.#waiting.get(id) === undefined || !(isResult || isJSONRPCErrorResponse(message))) this.#fence.unread();
    else if (isResult) this.#resolve(this.#take(id), message.result);
    else this.#take(id)?.reject(new RequestError(this.#failure(message.error)));
    return true;
  }

  #resolve(waiting: Waiting | undefined, result: unknown): void {
    try {
      const read = waiting?.schema.safeParse(result);
      if (read?.success) waiting?.resolve(read.data);
      else waiting?.reject(new RequestError({ kind: 'invalid-reply', detail: 'ZodError' }));
    } catch (error) {
      const detail = error instanceof Error ? error.name : typeof error;
      waiting?.reject(new RequestError({ kind: 'invalid-reply', detail }));
    }
  }

  #failure({ code, message, data }: { code: number; message: string; data?: unknown }): RequestFailure {
    // Only our own fence can put an instance there: what a server sends comes out of `JSON.parse`.
    if (data instanceof FaultError) return this.#owner.failureOf(data);
    const scrub = (text: string) => this.#owner.scrub(text);
    return { kind: 'server-error', code, message: scrub(message), data: scrubValue(scrub, data) };
  }

  /** It waits no more. */
  #take(id: RequestId): Waiting | undefined {
    const waiting = this.#waiting.take(id);
    if (waiting === undefined) return undefined;
    const { signal, abort, progressToken, isCounted } = waiting;
    if (abort !== undefined) signal?.removeEventListener('abort', abort);
    if (progressToken !== undefined) this.#progress.forget(progressToken);
    if (isCounted) this.#owner.settled();
    return waiting;
  }

  /** Tell the server that nobody waits for its reply. Source: MCP 2025-11-25, "Cancellation". */
  #cancel(requestId: RequestId, failure: RequestFailure, reason: string): void {
    const waiting = this.#take(requestId);
    const method = 'notifications/cancelled';
    this.#fence.send({ jsonrpc: '2.0', method, params: { requestId, reason } }).catch(() => {});
    waiting?.reject(new RequestError(failure));
  }

  #expire(untilMs: number): void {
    const nowMs = this.#clock.monotonic();
    for (const { id, deadlineMs } of this.#waiting.all()) {
      if (deadlineMs <= untilMs) this.#cancel(id, { kind: 'timed-out' }, 'timed out');
      else this.#deadlines.expect(deadlineMs, nowMs);
    }
  }

  #end(): void {
    this.#deadlines.clear();
    const fault = new FaultError({ kind: 'closed' }, 'unknown');
    for (const { id } of this.#waiting.all()) {
      this.#take(id)?.reject(new RequestError(this.#owner.failureOf(fault)));
    }
    this.hush();
  }
}

function withToken(params: Readonly<Record<string, unknown>> | undefined, progressToken: number) {
  return { ...params, _meta: { ...(params?.['_meta'] as object | undefined), progressToken } };
}
