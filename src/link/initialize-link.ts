/**
 * The link of the initialize era (revisions to 2025-11-25), on the v1 line of the SDK. It owns one SDK client
 * for one transport. What the SDK leaves ambiguous (its timeouts and closed connections share codes with
 * errors a server may send) is decided here, before anybody else sees it.
 */

import {
  type JSONRPCMessage,
  McpError,
  ResultSchema,
  ErrorCode as RpcErrorCode,
  SUPPORTED_PROTOCOL_VERSIONS,
} from '@modelcontextprotocol/sdk/types.js';
import { MAX_TIMER_MS } from '../clock.ts';
import { scrubValue } from '../config/scrubbed-value.ts';
import { type Fault, FaultError } from '../fault.ts';
import type { Transport } from '../transport/transport.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { FencedLink, isSignOfLife, type LinkContext } from './fenced-link.ts';
import { handshakeFault, messageOf } from './handshake-fault.ts';
import { InitializeClient } from './initialize-client.ts';
import { listenToServer } from './initialize-server-side.ts';
import { InitializeTasks } from './initialize-tasks.ts';
import { type Link, RequestError, type RequestFailure, type RequestOptions, type ServerIdentity } from './link.ts';
import type { EntryPage } from './lists.ts';
import { isTaskMethod, type RequestMethod, type RequestShapes, type ToolCallParams } from './requests.ts';
import { resultSchemaOf, TOOL_RESULT } from './result-schemas.ts';
import { scrubIdentity } from './server-identity.ts';
import { listOf, type SignOfLife } from './sign-of-life.ts';

/** Make the link of one transport, in the initialize era. Does no I/O. */
export function createInitializeLink(transport: Transport, context: LinkContext): Link {
  return new InitializeLink(transport, context);
}

class InitializeLink extends FencedLink implements Link {
  readonly #client: InitializeClient;
  readonly #tasks: InitializeTasks;
  #protocolVersion: string | undefined;

  constructor(transport: Transport, context: LinkContext) {
    super(transport, context);
    this.#client = new InitializeClient(context.clientInfo, {
      capabilities: declaredCapabilities(context.observer, 'initialize'),
    });
    this.#client.onerror = () => this.fence.unread();
    listenToServer(this.#client, context.observer, () => this.fault !== undefined);
    this.#tasks = new InitializeTasks({
      clock: context.clock,
      capabilities: () => this.#client.getServerCapabilities(),
      send: (method, params, options) =>
        this.#send({ method, params }, ResultSchema, options) as Promise<Record<string, unknown>>,
      toResult: (value) => TOOL_RESULT.safeParse(value).data,
      scrub: context.scrub,
    });
  }

  async open(signal: AbortSignal): Promise<ServerIdentity> {
    // The SDK chains a handler that was set before its own: it is the only place where the revision shows.
    this.fence.onmessage = (message) => this.#noteProtocolVersion(message);
    // The connection bounds the handshake, not the SDK. Its signal would cancel the handshake on the wire, and is deaf
    // while the transport starts.
    const connect = () => this.#client.connect(this.fence, { timeout: MAX_TIMER_MS });
    await this.handshake(signal, connect, (error) => this.#handshakeFault(error));
    const implementation = this.#client.getServerVersion();
    const capabilities = this.#client.getServerCapabilities();
    if (implementation === undefined || capabilities === undefined || this.#protocolVersion === undefined) {
      throw new FaultError(this.fault ?? { kind: 'malformed-message', detail: 'the handshake lacks the server' });
    }
    return scrubIdentity(this.context.scrub, {
      era: 'initialize',
      protocolVersion: this.#protocolVersion,
      implementation,
      capabilities,
      instructions: this.#client.getInstructions(),
    });
  }

  request<M extends RequestMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    options: RequestOptions,
  ): Promise<RequestShapes[M]['result']> {
    const given = params as Record<string, unknown>;
    const isTask = isTaskMethod(method) || (method === 'tools/call' && this.#tasks.concerns(given));
    // On the path of every call: each function that waits costs as much as writing the message.
    if (method === 'tools/list') return this.#listTools(given, options);
    const result = isTask
      ? this.counted(() => this.#requestTask(method, given, options))
      : this.#send({ method, params: given }, resultSchemaOf(method), options, true);
    return result as Promise<RequestShapes[M]['result']>;
  }

  async alive(timeoutMs: number, signal?: AbortSignal, sign: SignOfLife = 'ping'): Promise<void> {
    try {
      await this.#send({ method: sign }, ResultSchema, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof RequestError) || !isSignOfLife(error.failure)) throw error;
    }
  }

  async rootsChanged(): Promise<void> {
    if (this.fault !== undefined || this.context.observer.roots === undefined) return;
    // What cannot be told is asked for by the server in its next session.
    await this.#client.sendRootsListChanged().catch(() => {});
  }

  /** What is about tasks, or becomes one. */
  async #requestTask(
    method: RequestMethod,
    params: Record<string, unknown>,
    options: RequestOptions,
  ): Promise<unknown> {
    if (isTaskMethod(method)) return await this.#tasks.request(method, params, options);
    const asTask = this.#tasks.paramsOf(params as unknown as ToolCallParams, options);
    if (asTask !== undefined) return await this.#tasks.create(asTask, options);
    return await this.#send({ method, params }, TOOL_RESULT, options);
  }

  /** Which tools are called as tasks is known by the list. */
  async #listTools(params: Record<string, unknown>, options: RequestOptions): Promise<EntryPage<'tools'>> {
    const listed = await this.#send({ method: 'tools/list', params }, resultSchemaOf('tools/list'), options, true);
    const { toEntry, ...page } = listed as EntryPage<'tools'>;
    return {
      ...page,
      toEntry: (value) => {
        const tool = toEntry(value);
        if (tool !== undefined) this.#tasks.note(tool);
        return tool;
      },
    };
  }

  async #send(
    request: { method: string; params?: Record<string, unknown> },
    schema: Parameters<InitializeClient['request']>[1],
    options: RequestOptions,
    isCounted = false,
  ): Promise<unknown> {
    const { timeoutMs, signal, onProgress } = options;
    this.assertSendable(signal);
    if (isCounted) this.begun();
    const startedAtMs = this.context.clock.monotonic();
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
      if (isCounted) this.settled();
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #failure(error: unknown, deadlineMs: number): RequestFailure {
    if (error instanceof McpError) {
      // Only our own transport can put an instance there: what a server sends comes out of `JSON.parse`.
      if (error.data instanceof FaultError) return this.carryFailure(error.data);
      if (this.fault !== undefined) return { kind: 'fault', fault: this.fault, outcome: 'unknown' };
      if (error.code === RpcErrorCode.RequestTimeout && this.context.clock.monotonic() >= deadlineMs - 1) {
        return { kind: 'timed-out' };
      }
      const { scrub } = this.context;
      const data = scrubValue(scrub, error.data);
      return { kind: 'server-error', code: error.code, message: scrub(messageOf(error)), data };
    }
    if (this.fault !== undefined) return { kind: 'fault', fault: this.fault, outcome: 'unknown' };
    return { kind: 'invalid-reply', detail: error instanceof Error ? error.name : typeof error };
  }

  /** A server that leaves a ping alone may know none: then a list that it offers decides. */
  protected override async showsLife(): Promise<void> {
    const { probeTimeoutMs } = this.context;
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
    return handshakeFault(error, this.context.scrub);
  }
}
