/**
 * The link of the discover era (revision 2026-07-28), on the v2 line of the SDK. Where this era works differently, the
 * difference ends here: a subscription stands for what servers used to say by themselves, `server/discover` for the ping,
 * a field of every request for the log level, and further rounds of a request for what servers used to ask.
 */

import { Client, isSpecType, LOG_LEVEL_META_KEY, SERVER_INFO_META_KEY } from '@modelcontextprotocol/client';
import type { LoggingLevel, Tool } from '@modelcontextprotocol/sdk/types.js';
import { DEFAULTS } from '../config/defaults.ts';
import { FaultError } from '../fault.ts';
import { withDeadline } from '../policy/deadline.ts';
import type { Transport } from '../transport/transport.ts';
import { type ChangeFilter, ChangeStream, type ChangeSubscription } from './change-stream.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { discoverFailure } from './discover-failure.ts';
import { DiscoverWire, UNCHECKED_TOOLS } from './discover-wire.ts';
import { DISCOVER_REVISION, discover, discoveryFault } from './discovery.ts';
import { FencedLink, isSignOfLife, type LinkContext } from './fenced-link.ts';
import { type Link, RequestError, type RequestOptions, type ServerIdentity } from './link.ts';
import { argumentHeaders, type MirroredArgument, mirroredArguments } from './mirrored-arguments.ts';
import { ProgressBoard } from './progress-board.ts';
import type { RequestMethod, RequestShapes } from './requests.ts';
import { scrubIdentity } from './server-identity.ts';
import type { SignOfLife } from './sign-of-life.ts';

/** The server says that the headers of a call do not repeat what its arguments are: it knows other tools than we do. */
const HEADER_MISMATCH = -32_020;

interface Question {
  readonly method: string;
  readonly params?: Record<string, unknown> | undefined;
}

/** Make the link of one transport, in the discover era. Does no I/O. */
export function createDiscoverLink(transport: Transport, context: LinkContext): Link {
  return new DiscoverLink(transport, context);
}

class DiscoverLink extends FencedLink implements Link {
  readonly #client: Client;
  readonly #wire: DiscoverWire;
  readonly #progress = new ProgressBoard();
  readonly #changes: ChangeStream;
  /** Arguments to repeat in headers, by tool. */
  readonly #mirrored = new Map<string, readonly MirroredArgument[]>();
  #loggingLevel: LoggingLevel | undefined;

  constructor(transport: Transport, context: LinkContext) {
    super(transport, context);
    const { observer, clientInfo, clock } = context;
    this.#client = new Client(clientInfo, {
      capabilities: declaredCapabilities(observer, 'discover'),
      inputRequired: { maxRounds: DEFAULTS.maxInputRounds },
    });
    this.#client.onerror = () => this.fence.unread();
    this.#wire = new DiscoverWire(this.fence, transport.hasPerRequestStream ?? false, (params) =>
      this.#progress.take(params),
    );
    this.#changes = new ChangeStream({
      clock,
      listen: (filter) => this.#listen(filter),
      missed: (filter) => this.#missed(filter),
      lost: (fault) => this.abandon(fault),
    });
    void this.ended.then(() => this.#changes.stop());
    this.#listenToServer();
  }

  async open(signal: AbortSignal): Promise<ServerIdentity> {
    const result = await this.handshake(
      signal,
      () => this.#shakeHands(signal),
      (error) => (error instanceof FaultError ? error.fault : { kind: 'malformed-message', detail: 'the handshake' }),
    );
    const { capabilities, instructions, _meta: meta } = result;
    const implementation = meta?.[SERVER_INFO_META_KEY];
    if (capabilities.tools?.listChanged === true) this.#changes.listenToTools();
    return scrubIdentity(this.context.scrub, {
      era: 'discover',
      protocolVersion: DISCOVER_REVISION,
      implementation: isSpecType.Implementation(implementation) ? implementation : undefined,
      capabilities,
      instructions,
    });
  }

  async request<M extends RequestMethod>(
    method: M,
    params: RequestShapes[M]['params'],
    options: RequestOptions,
  ): Promise<RequestShapes[M]['result']> {
    const result = await this.counted(() => this.#request(method, params as Record<string, unknown>, options));
    return result as RequestShapes[M]['result'];
  }

  toTool(value: unknown): Tool | undefined {
    if (!isSpecType.Tool(value)) return undefined;
    const mirrored = mirroredArguments(value.inputSchema);
    if (mirrored === undefined) return undefined;
    if (mirrored.length > 0) this.#mirrored.set(value.name, mirrored);
    else this.#mirrored.delete(value.name);
    return value as Tool;
  }

  async alive(timeoutMs: number, signal?: AbortSignal, sign: SignOfLife = 'ping'): Promise<void> {
    try {
      await this.#ask({ method: sign === 'ping' ? 'server/discover' : sign }, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof RequestError) || !isSignOfLife(error.failure)) throw error;
    }
  }

  /** In this era a server asks for the roots whenever it needs them, and is told of no change. */
  async rootsChanged(): Promise<void> {}

  async #shakeHands(signal: AbortSignal) {
    await this.#wire.start();
    const result = this.context.finding?.discovered ?? (await this.#discover(signal));
    const discovered = { resultType: 'complete', ...result };
    if (!isSpecType.DiscoverResult(discovered)) {
      throw new FaultError({ kind: 'malformed-message', detail: 'the answer to the handshake' });
    }
    this.#wire.onmessage = undefined;
    await this.#client.connect(this.#wire, { prior: { kind: 'modern', discover: discovered } });
    return discovered;
  }

  async #discover(signal: AbortSignal): Promise<Record<string, unknown>> {
    const { clientInfo, observer, scrub } = this.context;
    const client = { clientInfo, capabilities: declaredCapabilities(observer, 'discover') };
    const answer = await discover(this.#wire, client, signal);
    if (answer.kind !== 'discovered') throw new FaultError(discoveryFault(answer, scrub));
    return answer.result;
  }

  async #request(method: RequestMethod, params: Record<string, unknown>, options: RequestOptions): Promise<unknown> {
    switch (method) {
      case 'logging/setLevel':
        this.assertSendable(options.signal);
        this.#loggingLevel = params['level'] as LoggingLevel;
        return {};
      case 'resources/subscribe':
        await this.#subscribe(String(params['uri']), options);
        return {};
      case 'resources/unsubscribe':
        this.assertSendable(options.signal);
        this.#changes.unsubscribe(String(params['uri']));
        return {};
      case 'tools/list': {
        const { [UNCHECKED_TOOLS]: tools, ...page } = await this.#ask({ method, params }, options);
        if (!Array.isArray(tools)) throw new RequestError({ kind: 'invalid-reply', detail: 'no list of tools' });
        return { ...page, tools };
      }
      case 'tools/call':
        return await this.#call({ method, params }, options);
      default:
        return await this.#ask({ method, params }, options);
    }
  }

  /** One deadline covers the call, and what it takes to learn how the server wants it. */
  async #call(question: Question, options: RequestOptions): Promise<unknown> {
    const { clock } = this.context;
    const byMs = clock.monotonic() + options.timeoutMs;
    try {
      return await this.#ask(question, options, this.#headersOf(question));
    } catch (error) {
      const isMismatch = error instanceof RequestError && isHeaderMismatch(error);
      if (!isMismatch || !(await this.#learnTools(byMs - clock.monotonic(), options.signal))) throw error;
      const timeoutMs = byMs - clock.monotonic();
      if (timeoutMs <= 0) throw error;
      // Refused before it ran: the server checks the headers first.
      return await this.#ask(question, { ...options, timeoutMs }, this.#headersOf(question));
    }
  }

  #headersOf({ params }: Question): Record<string, string> | undefined {
    const mirrored = this.#mirrored.get(String(params?.['name']));
    return mirrored && argumentHeaders(mirrored, params?.['arguments'] as Record<string, unknown> | undefined);
  }

  /** Look at the first page of tools again. Returns whether it came in time. */
  async #learnTools(timeoutMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (timeoutMs <= 0) return false;
    try {
      const { tools } = (await this.#request('tools/list', {}, { timeoutMs, signal })) as { readonly tools: unknown[] };
      for (const tool of tools) this.toTool(tool);
      // The catalogue has to hear of them too, on all pages.
      this.context.observer.toolsChanged();
      return true;
    } catch {
      return false;
    }
  }

  async #ask(
    { method, params }: Question,
    { timeoutMs, signal, onProgress }: RequestOptions,
    headers?: Record<string, string>,
  ): Promise<Record<string, unknown>> {
    this.assertSendable(signal);
    const { clock, scrub } = this.context;
    const deadlineMs = clock.monotonic() + timeoutMs;
    const progressToken = onProgress && this.#progress.expect(onProgress);
    const meta = {
      ...(progressToken === undefined ? undefined : { progressToken }),
      ...(this.#loggingLevel === undefined ? undefined : { [LOG_LEVEL_META_KEY]: this.#loggingLevel }),
    };
    // The SDK keeps its types by method, and looks at the method at run time.
    const request = { method: method as 'ping', params: { ...params, _meta: meta } };
    try {
      return await this.#client.request(request, { timeout: timeoutMs, ...given({ signal, headers }) });
    } catch (error) {
      if (signal?.aborted) throw new RequestError({ kind: 'aborted' });
      const isLocal = !(error instanceof Error && 'data' in error && error.data instanceof FaultError);
      const { fault } = this;
      if (fault !== undefined && isLocal) throw new RequestError({ kind: 'fault', fault, outcome: 'unknown' });
      const isLate = () => clock.monotonic() >= deadlineMs - 1;
      const carryFailure = (each: FaultError) => this.carryFailure(each);
      throw new RequestError(discoverFailure(error, { scrub, isLate, carryFailure }));
    } finally {
      if (progressToken !== undefined) this.#progress.forget(progressToken);
    }
  }

  async #subscribe(uri: string, { timeoutMs, signal }: RequestOptions): Promise<void> {
    this.assertSendable(signal);
    let abort = (): void => {};
    const aborted = new Promise<never>((_, reject) => {
      abort = () => reject(new RequestError({ kind: 'aborted' }));
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      const acknowledged = Promise.race([this.#changes.subscribe(uri), aborted]);
      const { settled } = await withDeadline(this.context.clock, acknowledged, timeoutMs);
      if (!settled) throw new RequestError({ kind: 'timed-out' });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  async #listen(filter: ChangeFilter): Promise<ChangeSubscription> {
    const { scrub } = this.context;
    try {
      const subscription = await this.#client.listen(filter, {
        timeout: DEFAULTS.restoreTimeoutMs,
      });
      const { honoredFilter, closed } = subscription;
      return {
        honored: honoredFilter.resourceSubscriptions ?? [],
        closed,
        close: () => subscription.close(),
      };
    } catch (error) {
      const { fault } = this;
      if (fault !== undefined) throw new RequestError({ kind: 'fault', fault, outcome: 'not-sent' });
      // A call that cannot be carried is looked into; a subscription is merely opened again.
      const carryFailure = (each: FaultError) =>
        ({ kind: 'fault', fault: each.fault, outcome: each.outcome === 'refused' ? 'refused' : 'unknown' }) as const;
      throw new RequestError(discoverFailure(error, { scrub, isLate: () => true, carryFailure }));
    }
  }

  #missed({ toolsListChanged }: ChangeFilter): void {
    if (this.fault !== undefined) return;
    if (toolsListChanged) this.context.observer.toolsChanged();
    this.context.observer.listening();
  }

  #listenToServer(): void {
    const { observer } = this.context;
    const whileLive = (tell: () => void): void => {
      if (this.fault === undefined) tell();
    };
    this.#client.setNotificationHandler('notifications/tools/list_changed', () =>
      whileLive(() => observer.toolsChanged()),
    );
    this.#client.setNotificationHandler('notifications/message', ({ params }) =>
      whileLive(() => observer.logged(params)),
    );
    this.#client.setNotificationHandler('notifications/resources/updated', ({ params }) =>
      whileLive(() => observer.resourceUpdated(params.uri)),
    );
    const { roots, elicit } = observer;
    if (roots !== undefined) this.#client.setRequestHandler('roots/list', () => ({ roots: [...roots()] }));
    if (elicit !== undefined) {
      this.#client.setRequestHandler(
        'elicitation/create',
        async ({ params }, { mcpReq }) => (await elicit(params as never, mcpReq.signal)) as never,
      );
    }
  }
}

function isHeaderMismatch({ failure }: RequestError): boolean {
  return failure.kind === 'server-error' && failure.code === HEADER_MISMATCH;
}

/** Those of the options that are given: the SDK takes one that is `undefined` for a mistake. */
function given<T extends object>(options: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as never;
}
