/**
 * The link of the discover era (revision 2026-07-28), on the v2 line of the SDK. Where this era works differently, the
 * difference ends here: a subscription stands for what servers used to say by themselves, `server/discover` for the ping,
 * a field of every request for the log level, and further rounds of a request for what servers used to ask.
 */

import { isSpecType, LOG_LEVEL_META_KEY, SERVER_INFO_META_KEY } from '@modelcontextprotocol/client';
import type { LoggingLevel } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { DEFAULTS } from '../config/defaults.ts';
import { FaultError } from '../fault.ts';
import { withDeadline } from '../policy/deadline.ts';
import type { Transport } from '../transport/transport.ts';
import { withCachingHints } from './caching-hints.ts';
import { type ChangeFilter, ChangeStream, type ChangeSubscription } from './change-stream.ts';
import { declaredCapabilities } from './declared-capabilities.ts';
import { DiscoverClient } from './discover-client.ts';
import { discoverFailure } from './discover-failure.ts';
import { listenToServer } from './discover-server-side.ts';
import { DiscoverTasks } from './discover-tasks.ts';
import { DiscoverTools } from './discover-tools.ts';
import { DiscoverWire, UNCHECKED_ENTRIES } from './discover-wire.ts';
import { DISCOVER_REVISION, discover, discoveryFault } from './discovery.ts';
import { isExtensionMethod } from './extension-method.ts';
import { FencedLink, isSignOfLife, type LinkContext } from './fenced-link.ts';
import { type Link, RequestError, type RequestOptions, type ServerIdentity } from './link.ts';
import { type EntryPage, LIST_METHODS, type ListName, listAskedBy, type PageParams } from './lists.ts';
import { ProgressBoard } from './progress-board.ts';
import { isTaskMethod, type RequestMethod, type RequestShapes, type ToolCallParams } from './requests.ts';
import { scrubIdentity } from './server-identity.ts';
import type { SignOfLife } from './sign-of-life.ts';

/** Make the link of one transport, in the discover era. Does no I/O. */
export function createDiscoverLink(transport: Transport, context: LinkContext): Link {
  return new DiscoverLink(transport, context);
}

class DiscoverLink extends FencedLink implements Link {
  readonly #client: DiscoverClient;
  readonly #wire: DiscoverWire;
  readonly #progress = new ProgressBoard();
  readonly #changes: ChangeStream;
  readonly #tools: DiscoverTools;
  readonly #tasks: DiscoverTasks;
  #loggingLevel: LoggingLevel | undefined;

  constructor(transport: Transport, context: LinkContext) {
    super(transport, context);
    const { observer, clientInfo, clock } = context;
    this.#client = new DiscoverClient(clientInfo, {
      capabilities: declaredCapabilities(observer, 'discover'),
      inputRequired: { maxRounds: DEFAULTS.maxInputRounds },
    });
    this.#client.onerror = () => this.fence.unread();
    this.#wire = new DiscoverWire(this.fence, transport.hasPerRequestStream ?? false, {
      progress: (params) => this.#progress.take(params),
      taskChanged: (params) => observer.taskChanged(String(params?.['taskId'])),
      maxInputs: context.limits.maxServerRequests,
    });
    this.#changes = new ChangeStream({
      clock,
      listen: (filter) => this.#listen(filter),
      missed: (filter) => this.#missed(filter),
      lost: (fault) => this.abandon(fault),
    });
    void this.ended.then(() => this.#changes.stop());
    this.#tools = new DiscoverTools({
      clock,
      ask: (method, params, options, headers) => this.#ask(method, params, options, headers),
      list: (params, options) => this.#list('tools', params, options),
      changed: () => observer.toolsChanged(),
    });
    this.#tasks = new DiscoverTasks({
      ask: (method, params, options) => this.#ask(method, params, options),
      scrub: context.scrub,
      follow: (id, goesOn) => (goesOn ? this.#changes.followTask(id) : this.#changes.unfollowTask(id)),
    });
    listenToServer(this.#client, observer, () => this.fault !== undefined);
  }

  async open(signal: AbortSignal): Promise<ServerIdentity> {
    const result = await this.handshake(
      signal,
      () => this.#shakeHands(signal),
      (error) => (error instanceof FaultError ? error.fault : { kind: 'malformed-message', detail: 'the handshake' }),
    );
    const { capabilities, instructions, _meta: meta } = result;
    const implementation = meta?.[SERVER_INFO_META_KEY];
    const { tools, prompts, resources } = capabilities;
    this.#changes.listenTo({
      ...(tools?.listChanged === true && { toolsListChanged: true }),
      ...(prompts?.listChanged === true && { promptsListChanged: true }),
      ...(resources?.listChanged === true && { resourcesListChanged: true }),
    });
    this.#tasks.offered(capabilities);
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

  async alive(timeoutMs: number, signal?: AbortSignal, sign: SignOfLife = 'ping'): Promise<void> {
    try {
      await this.#ask(sign === 'ping' ? 'server/discover' : sign, {}, { timeoutMs, signal });
    } catch (error) {
      if (!(error instanceof RequestError) || !isSignOfLife(error.failure)) throw error;
    }
  }

  /** In this era a server asks for the roots whenever it needs them, and is told of no change. */
  async rootsChanged(): Promise<void> {}

  async #shakeHands(signal: AbortSignal) {
    await this.#wire.start();
    const result = this.context.finding?.discovered ?? (await this.#discover(signal));
    const discovered = withCachingHints({ resultType: 'complete', ...result });
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
    const list = listAskedBy(method);
    if (list !== undefined) return await this.#list(list, params, options);
    if (isTaskMethod(method)) return await this.#tasks.request(method, params, options);
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
      case 'tools/call':
        return await this.#call(params as unknown as ToolCallParams, options);
      default:
        return await this.#ask(method, params, options);
    }
  }

  async #list<L extends ListName>(list: L, params: PageParams, options: RequestOptions): Promise<EntryPage<L>> {
    const page = await this.#ask(LIST_METHODS[list], params, options);
    const {
      [UNCHECKED_ENTRIES]: entries,
      nextCursor,
      ttlMs,
    } = page as Partial<EntryPage<L>> & {
      [UNCHECKED_ENTRIES]?: unknown;
    };
    if (!Array.isArray(entries)) throw new RequestError({ kind: 'invalid-reply', detail: `no list of ${list}` });
    const toEntry = list === 'tools' ? (value: unknown) => this.#tools.toTool(value) : entryCheck(list);
    return { entries, toEntry: toEntry as EntryPage<L>['toEntry'], nextCursor, ttlMs };
  }

  async #call({ task, ...params }: ToolCallParams, options: RequestOptions): Promise<unknown> {
    if (task !== undefined) this.#tasks.assertOffered(params.name);
    return this.#tasks.reply((await this.#tools.call(params, options)) as Record<string, unknown>);
  }

  async #ask(
    method: string,
    params: Record<string, unknown>,
    { timeoutMs, signal, onProgress }: RequestOptions,
    headers?: Record<string, string>,
  ): Promise<Record<string, unknown>> {
    this.assertSendable(signal);
    const { clock, scrub } = this.context;
    const deadlineMs = clock.monotonic() + timeoutMs;
    const progressToken = onProgress && this.#progress.expect(onProgress);
    const meta = {
      ...(params['_meta'] as object | undefined),
      ...(progressToken === undefined ? undefined : { progressToken }),
      ...(this.#loggingLevel === undefined ? undefined : { [LOG_LEVEL_META_KEY]: this.#loggingLevel }),
    };
    // The SDK keeps its types by method, and looks at the method at run time.
    const request = { method: method as 'ping', params: { ...params, _meta: meta } };
    const own = new AbortController();
    const abort = () => own.abort();
    // The SDK bounds each round of a request, and not all of them together.
    const timer = clock.setTimeout(abort, timeoutMs);
    signal?.addEventListener('abort', abort, { once: true });
    try {
      // The SDK takes an option that is `undefined` for a mistake.
      const sent = { timeout: timeoutMs, signal: own.signal, ...(headers && { headers }) };
      // It has no schemas but those of the protocol, and asks for one where it has none.
      if (isExtensionMethod(method) || isTaskMethod(method))
        return await this.#client.request(request, z.looseObject({}), sent);
      return await this.#client.request(request, sent);
    } catch (error) {
      if (signal?.aborted) throw new RequestError({ kind: 'aborted' });
      if (own.signal.aborted && this.fault === undefined) throw new RequestError({ kind: 'timed-out' });
      const isLate = () => clock.monotonic() >= deadlineMs - 1;
      const carryFailure = (each: FaultError) => this.carryFailure(each);
      throw new RequestError(discoverFailure(error, { scrub, fault: this.fault, isLate, carryFailure }));
    } finally {
      clock.clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
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
      const subscription = await this.#client.listen(filter, { timeout: DEFAULTS.restoreTimeoutMs });
      const { honoredFilter, closed } = subscription;
      return { honored: honoredFilter.resourceSubscriptions ?? [], closed, close: () => subscription.close() };
    } catch (error) {
      const { fault } = this;
      if (fault !== undefined) throw new RequestError({ kind: 'fault', fault, outcome: 'not-sent' });
      // A call that cannot be carried is looked into; a subscription is merely opened again.
      const carryFailure = (each: FaultError) =>
        ({ kind: 'fault', fault: each.fault, outcome: each.outcome === 'refused' ? 'refused' : 'unknown' }) as const;
      throw new RequestError(discoverFailure(error, { scrub, fault, isLate: () => true, carryFailure }));
    }
  }

  #missed({ toolsListChanged }: ChangeFilter): void {
    if (this.fault !== undefined) return;
    if (toolsListChanged) this.context.observer.toolsChanged();
    this.context.observer.listening();
  }
}

const ENTRY_TYPES = { prompts: 'Prompt', resources: 'Resource', resourceTemplates: 'ResourceTemplate' } as const;

/** Checks the entries of a list that is not of tools. */
function entryCheck(list: Exclude<ListName, 'tools'>): (value: unknown) => unknown {
  const isEntry = isSpecType[ENTRY_TYPES[list]];
  return (value) => (isEntry(value) ? value : undefined);
}
