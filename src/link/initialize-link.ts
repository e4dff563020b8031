/**
 * The link of the initialize era (revisions to 2025-11-25), on the v1 line of the SDK. It owns one SDK client
 * for one transport. What the SDK leaves ambiguous (its timeouts and closed connections share codes with
 * errors a server may send) is decided here, before anybody else sees it.
 */

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  type Implementation,
  type JSONRPCMessage,
  McpError,
  ResultSchema,
  ErrorCode as RpcErrorCode,
  SUPPORTED_PROTOCOL_VERSIONS,
  type Tool,
  ToolSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { type Clock, MAX_TIMER_MS } from '../clock.ts';
import { scrubValue } from '../config/scrubbed-value.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { Transport } from '../transport/transport.ts';
import { clientCapabilities, scrubCapabilities } from './capabilities.ts';
import { FencedTransport, type FenceObserver, type FenceOptions } from './fenced-transport.ts';
import { handshakeFault, messageOf } from './handshake-fault.ts';
import {
  type Link,
  type LinkObserver,
  RequestError,
  type RequestFailure,
  type RequestOptions,
  type ServerIdentity,
} from './link.ts';
import type { RequestMethod, RequestShapes } from './requests.ts';
import { RESULT_SCHEMAS } from './result-schemas.ts';
import { listenToServer } from './server-side.ts';
import { listOf, type SignOfLife } from './sign-of-life.ts';

/** What a link needs beside its transport. */
export interface LinkContext {
  readonly clock: Clock;
  readonly clientInfo: Implementation;
  readonly observer: LinkObserver;
  /** Takes the secrets of this server's configuration out of a text. */
  readonly scrub: (text: string) => string;
  /** Bounds on what the server sends unasked. */
  readonly limits: FenceOptions['limits'];
  /** How long the sign of life may take that follows a request which could not be carried. */
  readonly probeTimeoutMs: number;
}

/** Make the link of one transport, in the initialize era. Does no I/O. */
export function createInitializeLink(transport: Transport, context: LinkContext): Link {
  return new InitializeLink(transport, context);
}

class InitializeLink implements Link {
  readonly ended: Promise<Fault>;
  readonly #client: Client;
  readonly #transport: FencedTransport;
  readonly #context: LinkContext;
  #end: (fault: Fault) => void = () => {};
  #fault: Fault | undefined;
  #protocolVersion: string | undefined;
  #probe: Promise<void> | undefined;
  #lastHeardAtMs: number;
  #pendingCount = 0;

  constructor(transport: Transport, context: LinkContext) {
    this.#context = context;
    this.#lastHeardAtMs = context.clock.monotonic();
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.#client = new Client(context.clientInfo, { capabilities: clientCapabilities(context.observer) });
    this.#client.onerror = () => this.#transport.unread();
    listenToServer(this.#client, context.observer, () => this.#fault !== undefined);
    const observer: FenceObserver = {
      opened: () => context.observer.opened(),
      listening: () => context.observer.listening(),
      heard: () => {
        this.#lastHeardAtMs = context.clock.monotonic();
      },
      faulted: (fault) => this.abandon(fault),
    };
    this.#transport = new FencedTransport(transport, observer, context);
  }

  get pendingCount(): number {
    return this.#pendingCount;
  }

  get lastHeardAtMs(): number {
    return this.#lastHeardAtMs;
  }

  get messageCount(): number {
    return this.#transport.messageCount;
  }

  async open(signal: AbortSignal): Promise<ServerIdentity> {
    // The SDK chains a handler that was set before its own: it is the only place where the revision shows.
    this.#transport.onmessage = (message) => this.#noteProtocolVersion(message);
    // Not handed to the SDK: it would cancel the handshake on the wire, and is deaf while the transport starts.
    const abort = () => this.abandon({ kind: 'closed' });
    signal.addEventListener('abort', abort, { once: true });
    const lost = this.ended.then((fault) => Promise.reject(new FaultError(fault)));
    try {
      // The connection bounds the handshake, not the SDK.
      await Promise.race([this.#client.connect(this.#transport, { timeout: MAX_TIMER_MS }), lost]);
    } catch (error) {
      throw new FaultError(this.#fault ?? this.#handshakeFault(error));
    } finally {
      signal.removeEventListener('abort', abort);
    }
    const implementation = this.#client.getServerVersion();
    const capabilities = this.#client.getServerCapabilities();
    if (implementation === undefined || capabilities === undefined || this.#protocolVersion === undefined) {
      throw new FaultError(this.#fault ?? { kind: 'malformed-message', detail: 'the handshake lacks the server' });
    }
    const { scrub } = this.#context;
    const instructions = this.#client.getInstructions();
    return {
      era: 'initialize',
      protocolVersion: this.#protocolVersion,
      implementation: scrubValue(scrub, implementation) as Implementation,
      capabilities: scrubCapabilities(scrub, capabilities),
      instructions: instructions === undefined ? undefined : scrub(instructions),
    };
  }

  async request<M extends RequestMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    options: RequestOptions,
  ): Promise<RequestShapes[M]['result']> {
    const schema: (typeof RESULT_SCHEMAS)[RequestMethod] = RESULT_SCHEMAS[method];
    this.#pendingCount += 1;
    if (this.#pendingCount === 1) this.#context.observer.busy();
    try {
      const request = { method, params: params as Record<string, unknown> };
      return (await this.#send(request, schema, options)) as RequestShapes[M]['result'];
    } finally {
      this.#pendingCount -= 1;
      if (this.#pendingCount === 0) this.#context.observer.idle();
    }
  }

  toTool(value: unknown): Tool | undefined {
    return ToolSchema.safeParse(value).data;
  }

  async alive(timeoutMs: number, signal?: AbortSignal, sign: SignOfLife = 'ping'): Promise<void> {
    try {
      await this.#send({ method: sign }, ResultSchema, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof RequestError) || !isSignOfLife(error.failure)) throw error;
    }
  }

  async rootsChanged(): Promise<void> {
    if (this.#fault !== undefined || this.#context.observer.roots === undefined) return;
    // What cannot be told is asked for by the server in its next session.
    await this.#client.sendRootsListChanged().catch(() => {});
  }

  abandon(fault: Fault): void {
    if (this.#fault !== undefined) return;
    this.#fault = fault;
    this.#transport.cut(fault);
    this.#end(fault);
  }

  async close(): Promise<void> {
    this.abandon({ kind: 'closed' });
    await this.#transport.farewell();
  }

  async #send(
    request: { method: string; params?: Record<string, unknown> },
    schema: Parameters<Client['request']>[1],
    options: RequestOptions,
  ): Promise<unknown> {
    if (this.#fault !== undefined) {
      throw new RequestError({ kind: 'fault', fault: this.#fault, outcome: 'not-sent' });
    }
    const { timeoutMs, signal, onProgress } = options;
    if (signal?.aborted) throw new RequestError({ kind: 'aborted' });
    const startedAtMs = this.#context.clock.monotonic();
    // The SDK never takes its listener off a signal again, so it gets one that lives as long as the request.
    const own = signal === undefined ? undefined : new AbortController();
    const onAbort = () => own?.abort();
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      return await this.#client.request(request, schema, {
        timeout: timeoutMs,
        ...(own === undefined ? undefined : { signal: own.signal }),
        ...(onProgress === undefined ? undefined : { onprogress: onProgress }),
      });
    } catch (error) {
      if (own?.signal.aborted) throw new RequestError({ kind: 'aborted' });
      throw new RequestError(this.#failure(error, startedAtMs + timeoutMs));
    } finally {
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #failure(error: unknown, deadlineMs: number): RequestFailure {
    if (error instanceof McpError) {
      // Only our own transport can put an instance there: what a server sends comes out of `JSON.parse`.
      if (error.data instanceof FaultError) return this.#carryFailure(error.data);
      if (this.#fault !== undefined) return { kind: 'fault', fault: this.#fault, outcome: 'unknown' };
      if (error.code === RpcErrorCode.RequestTimeout && this.#context.clock.monotonic() >= deadlineMs - 1) {
        return { kind: 'timed-out' };
      }
      const { scrub } = this.#context;
      const data = scrubValue(scrub, error.data);
      return { kind: 'server-error', code: error.code, message: scrub(messageOf(error)), data };
    }
    if (this.#fault !== undefined) return { kind: 'fault', fault: this.#fault, outcome: 'unknown' };
    return { kind: 'invalid-reply', detail: error instanceof Error ? error.name : typeof error };
  }

  #carryFailure(error: FaultError): RequestFailure {
    const outcome = error.outcome === 'failed-by-server' ? 'unknown' : error.outcome;
    if (error.fault.kind === 'unreachable') this.#probeNow(error.fault);
    return { kind: 'fault', fault: this.#fault ?? error.fault, outcome };
  }

  /** One request that cannot be carried says little; a sign of life right after it says whether the link lives. */
  #probeNow(fault: Fault): void {
    if (this.#fault !== undefined || this.#probe !== undefined) return;
    this.#probe = this.#showsLife()
      .catch(() => this.abandon(fault))
      .finally(() => {
        this.#probe = undefined;
      });
  }

  /** A server that leaves a ping alone may know none: then a list that it offers decides. */
  async #showsLife(): Promise<void> {
    const { probeTimeoutMs } = this.#context;
    const list = listOf(this.#client.getServerCapabilities() ?? {});
    try {
      await this.alive(probeTimeoutMs);
    } catch (error) {
      const isSilent = error instanceof RequestError && error.failure.kind === 'timed-out';
      if (!isSilent || list === undefined) throw error;
      await this.alive(probeTimeoutMs, undefined, list);
    }
  }

  #noteProtocolVersion(message: JSONRPCMessage): void {
    if (this.#protocolVersion !== undefined || !('result' in message)) return;
    const version = message.result['protocolVersion'];
    if (typeof version === 'string') this.#protocolVersion = version;
  }

  #handshakeFault(error: unknown): Fault {
    const version = this.#protocolVersion;
    if (version !== undefined && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
      return { kind: 'protocol-version-unsupported' };
    }
    return handshakeFault(error, this.#context.scrub);
  }
}

/** Whatever the server answers proves that it lives, a refusal or an error included. */
function isSignOfLife(failure: RequestFailure): boolean {
  switch (failure.kind) {
    case 'server-error':
    case 'invalid-reply':
      return true;
    case 'fault':
      return failure.outcome === 'refused' && failure.fault.kind !== 'session-lost';
    case 'timed-out':
    case 'aborted':
      return false;
  }
}
