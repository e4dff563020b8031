/**
 * The link of the initialize era (revisions to 2025-11-25), on the v1 line of the SDK. It owns one SDK client for one
 * transport, which hears the server. What is asked of the server goes through the exchange beside it.
 */

import { type InitializeResult, ResultSchema } from '@modelcontextprotocol/sdk/types.js';
import type { z } from 'zod';
import type { Transport } from '../transport/transport.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { FencedLink, isSignOfLife, type LinkContext } from './fenced-link.ts';
import { InitializeClient } from './initialize-client.ts';
import { type ExchangeOwner, InitializeExchange } from './initialize-exchange.ts';
import { handshakeFault, type InitializingClient, shakeHands } from './initialize-handshake.ts';
import { listenToServer } from './initialize-server-side.ts';
import { InitializeTasks } from './initialize-tasks.ts';
import { type Link, RequestError, type RequestOptions, type ServerIdentity } from './link.ts';
import type { EntryPage } from './lists.ts';
import { ProgressBoard } from './progress-board.ts';
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
  readonly #exchange: InitializeExchange;
  readonly #tasks: InitializeTasks;
  readonly #introduction: InitializingClient;
  /** What the server said in the handshake, once it is through. Untrusted. */
  #server: InitializeResult | undefined;

  constructor(transport: Transport, context: LinkContext) {
    super(transport, context);
    const { clock, clientInfo, observer, scrub } = context;
    this.#introduction = { capabilities: declaredCapabilities(observer, 'initialize'), clientInfo };
    this.#client = new InitializeClient();
    this.#client.onerror = () => this.fence.unread();
    listenToServer(this.#client, observer, () => this.fault !== undefined);
    const progress = new ProgressBoard();
    const owner: ExchangeOwner = {
      assertSendable: (signal) => this.assertSendable(signal),
      begun: () => this.begun(),
      settled: () => this.settled(),
      failureOf: (error) => this.carryFailure(error),
      scrub,
    };
    this.#exchange = new InitializeExchange(this.fence, owner, clock, progress);
    this.#tasks = new InitializeTasks({
      clock,
      progress,
      capabilities: () => this.#server?.capabilities,
      send: (method, params, options) =>
        this.#send(method, params, ResultSchema, options) as Promise<Record<string, unknown>>,
      toResult: (value) => TOOL_RESULT.safeParse(value).data,
      scrub,
    });
  }

  async open(signal: AbortSignal): Promise<ServerIdentity> {
    const server = await this.handshake(signal, () => this.#initialize(), handshakeFault);
    this.#server = server;
    return scrubIdentity(this.context.scrub, {
      era: 'initialize',
      protocolVersion: server.protocolVersion,
      implementation: server.serverInfo,
      capabilities: server.capabilities,
      instructions: server.instructions,
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
      : this.#send(method, given, resultSchemaOf(method), options, true);
    return result as Promise<RequestShapes[M]['result']>;
  }

  async alive(timeoutMs: number, signal?: AbortSignal, sign: SignOfLife = 'ping'): Promise<void> {
    try {
      await this.#send(sign, undefined, ResultSchema, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof RequestError) || !isSignOfLife(error.failure)) throw error;
    }
  }

  async rootsChanged(): Promise<void> {
    if (this.fault !== undefined || this.context.observer.roots === undefined) return;
    // What cannot be told is asked for by the server in its next session.
    await this.#client.notification({ method: 'notifications/roots/list_changed' }).catch(() => {});
  }

  async #initialize(): Promise<InitializeResult> {
    try {
      // From now on the client hears what the server says.
      await this.#client.connect(this.#exchange);
      return await shakeHands(this.#exchange, this.#introduction);
    } catch (error) {
      void this.#client.close();
      throw error;
    }
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
    return await this.#send(method, params, TOOL_RESULT, options);
  }

  /** Which tools are called as tasks is known by the list. */
  async #listTools(params: Record<string, unknown>, options: RequestOptions): Promise<EntryPage<'tools'>> {
    const listed = await this.#send('tools/list', params, resultSchemaOf('tools/list'), options, true);
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

  #send(
    method: string,
    params: Record<string, unknown> | undefined,
    schema: z.ZodType,
    options: RequestOptions,
    isCounted = false,
  ): Promise<unknown> {
    return this.#exchange.request({ method, params, schema, isCounted }, options);
  }

  protected override hush(): void {
    this.#exchange.hush();
  }

  /** A server that leaves a ping alone may know none: then a list that it offers decides. */
  protected override async showsLife(): Promise<void> {
    const { probeTimeoutMs } = this.context;
    const list = listOf(this.#server?.capabilities ?? {});
    try {
      await this.alive(probeTimeoutMs);
    } catch (error) {
      const isSilent = error instanceof RequestError && error.failure.kind === 'timed-out';
      if (!isSilent || list === undefined) throw error;
      await this.alive(probeTimeoutMs, undefined, list);
    }
  }
}
