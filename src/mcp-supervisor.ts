/**
 * The facade: it looks up, waits and forwards, and never changes a state itself. Promises face the user; the
 * machines decide, and the scopes hold.
 */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { Authorization } from './authorization/authorization.ts';
import type { AuthorizationDesk } from './authorization/desk.ts';
import { Requester } from './call/requester.ts';
import { Directory } from './catalog/directory.ts';
import type { Explanation } from './catalog/explanation.ts';
import { Membership } from './catalog/membership.ts';
import type { ServerInfo } from './catalog/server-info.ts';
import { inState } from './catalog/waiting.ts';
import { type Clock, systemClock, systemRandom } from './clock.ts';
import { DEFAULTS } from './config/defaults.ts';
import { topologicalOrder } from './config/dependencies.ts';
import { layered } from './config/layered.ts';
import { parseServerConfig, parseServerConfigs } from './config/parse.ts';
import type { ServerConfig, ServerConfigInput } from './config/server-config.ts';
import type { ConnectionState } from './connection-state.ts';
import { SupervisorError } from './errors.ts';
import { EventBus, type Listener } from './observe/event-bus.ts';
import { guardInspection } from './observe/inspection.ts';
import type { RuntimeEvent, RuntimeEventName } from './observe/runtime-event.ts';
import { recipeContext, recipeOf } from './opening/recipe.ts';
import type {
  AddServerOptions,
  AddServerResult,
  CloseOptions,
  RemoveServerOptions,
  ReplaceServerOptions,
  ServerDefaults,
  SupervisorOptions,
  WaitForOptions,
} from './options.ts';
import { ServerVerbs } from './server-verbs.ts';
import { type RunningSupervisor, startSupervisor } from './supervisor/running-supervisor.ts';
import { TaskVerbs } from './task/task-verbs.ts';
import { systemNetwork } from './world/network.ts';

/**
 * Keeps connections to many MCP servers, each supervised by itself: one server fails alone, comes back by itself,
 * and the events say so.
 *
 * Two supervisors share nothing but what is true of their process: its ledger of processes, and which era a server was
 * found to speak. Dispose it with `close()` (the same as `disconnectAll()`), or by `await using`.
 */
export class McpSupervisor extends ServerVerbs implements AsyncDisposable {
  readonly #clock: Clock;
  readonly #defaults: ServerDefaults;
  readonly #bus: EventBus;
  readonly #directory: Directory;
  readonly #desk: AuthorizationDesk;
  readonly #supervisor: RunningSupervisor;
  readonly #membership: Membership;
  #closing: Promise<void> | undefined;

  /** Start a supervisor without servers. Opens nothing until a server is added. */
  constructor(options: SupervisorOptions = {}) {
    const clock = options.clock ?? systemClock;
    const random = options.random ?? systemRandom;
    const bus = new EventBus(clock, options.eventBufferSize ?? DEFAULTS.eventBufferSize);
    const directory = new Directory(clock, (event) => bus.publish(event));
    const tasks = new TaskVerbs(clock, () => requester);
    const requester: Requester = new Requester({
      clock,
      random,
      isHarmless: (server, tool) => directory.isHarmless(server, tool),
      retried: (event) => bus.publish(event),
      unchecked: (event) => bus.publish(event),
      traceContext: options.traceContext,
      mayAsk: (options.handlers?.elicitation ?? options.handlers?.sampling) !== undefined,
      follow: (call, task) => tasks.outcomeOf(call, task),
    });
    super({ clock, directory, requester, tasks, tell: (event) => bus.publish(event) });
    this.#clock = clock;
    this.#defaults = options.defaults ?? {};
    this.#bus = bus;
    this.#directory = directory;
    const recipes = recipeContext(options, clock, (event) => bus.publish(event));
    this.#desk = recipes.desk;
    this.#supervisor = startSupervisor({
      clock,
      random,
      publisher: directory,
      recipe: ({ server, revision: number }) => {
        const revision = directory.revision(server, number);
        return revision && recipeOf(directory.require(server), revision, recipes);
      },
      closeTimeoutMs: options.closeTimeoutMs ?? DEFAULTS.closeTimeoutMs,
      world: {
        network: options.network ?? systemNetwork,
        tickMs: DEFAULTS.worldTickMs,
        jumpMs: DEFAULTS.clockJumpMs,
        staggerMs: options.staggerMs ?? DEFAULTS.staggerMs,
      },
      report: (report) => directory.follow(report),
      crashed: () => {
        directory.collapse();
        void this.close();
      },
      inspect: options.inspect === undefined ? undefined : guardInspection(options.inspect),
    });
    this.#membership = new Membership(clock, directory, this.#supervisor, this.#desk);
  }

  /**
   * Add a server, connect to it, and resolve when calls can be made.
   *
   * With `waitUntil: 'added'` it resolves at once and supervision goes on, whatever becomes of the server.
   *
   * **Errors** `ConfigError` names every bad field; `SERVER_EXISTS`; `SUPERVISOR_CLOSED`; `CONNECT_FAILED` at once on a
   * fault that trying again cannot cure; `AUTH_REQUIRED` when a person has to authorize this client (`waitUntil: 'added'`
   * keeps the server until then); `START_TIMEOUT`. After any of them the server is not kept, and nothing of it
   * is left when the promise rejects.
   * **Cancels** aborting the signal rejects with its reason once the server is gone.
   */
  async addServer(config: ServerConfigInput, options: AddServerOptions = {}): Promise<ServerInfo> {
    const parsed = parseServerConfig(layered(this.#defaults, config));
    this.#assertNew([parsed]);
    topologicalOrder([parsed], this.#directory.names);
    options.signal?.throwIfAborted();
    this.#membership.add(parsed);
    return await this.#membership.admit(parsed.name, options);
  }

  /**
   * Add many servers at once: dependencies first, independent ones together, none held up by another; processes start a
   * few at a time, three for each processor (ADR 7).
   *
   * Resolves when each has come to an end, and reports each, in the given order; it does not reject for a server that
   * fails. **Errors** one `ConfigError` for all configurations, and then nothing was started.
   */
  async addServers(configs: readonly ServerConfigInput[], options: AddServerOptions = {}): Promise<AddServerResult[]> {
    const parsed = parseServerConfigs(configs.map((config) => layered(this.#defaults, config)));
    this.#assertNew(parsed);
    options.signal?.throwIfAborted();
    for (const config of topologicalOrder(parsed, this.#directory.names)) this.#membership.add(config);
    return await Promise.all(parsed.map((config) => this.#membership.outcome(config.name, options)));
  }

  /**
   * Disconnect a server and forget it. Resolves when nothing of it is left.
   *
   * Calls that wait for it fail with `SERVER_REMOVED`; calls under way may go on for `drainMs` (default 0), and fail with
   * `CONNECTION_LOST` then.
   * **Errors** `SERVER_UNKNOWN`; `SERVER_DEPENDED_ON` while another server depends on it.
   */
  async removeServer(server: string, { drainMs = 0 }: RemoveServerOptions = {}): Promise<void> {
    this.#directory.requireUnneeded(server);
    await this.#membership.remove(server, drainMs);
  }

  /**
   * Give a server a new configuration, such as a new token, without a gap: the new connection is opened beside the one
   * that serves, and takes over in the instant in which it is ready. No call waits or fails for it: new ones go to the
   * new connection, those under way end on the old one, which is closed when they have, or after `drainTimeoutMs`.
   *
   * A new connection that does not get there is closed again, and the server goes on as it was. Where nothing serves, or
   * with `stopFirst`, the present connection is closed first, calls wait, and the new configuration is kept in any case.
   *
   * **Errors** `ConfigError`, `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`, `SERVER_REMOVED`, `CONNECT_FAILED`, `START_TIMEOUT`;
   * `REPLACEMENT_SUPERSEDED` when the server is replaced once more meanwhile. Nothing of the new connection is left then.
   * **Cancels** aborting the signal rejects with its reason once the new connection is gone.
   */
  async replaceServer(config: ServerConfigInput, options: ReplaceServerOptions = {}): Promise<ServerInfo> {
    const parsed = parseServerConfig(layered(this.#defaults, config));
    const { name } = parsed;
    this.#directory.require(name);
    this.assertOpen();
    const others = this.#directory.names.filter((other) => other !== name);
    topologicalOrder([parsed], others);
    options.signal?.throwIfAborted();
    return await this.#membership.replace(parsed, options);
  }

  /**
   * Try again now: a connection that waits, is parked or is closed by a fault starts its next attempt at once. One that
   * is ready or already trying goes on as it is. Calls made from now on wait for that attempt. **Errors** `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`.
   */
  retryServer(server: string): void {
    this.#directory.require(server);
    this.assertOpen();
    this.#membership.retry(server);
  }

  /**
   * Finish the authorization of a server (`auth` of type `authorization-code`) with what a person's browser brought back,
   * or wait for that browser on this host. Then connect as `addServer` does; the server is kept in any case.
   *
   * **Errors** `AUTHORIZATION_FAILED`, whose `fault` says why; `SERVER_UNKNOWN`; then those of `addServer`.
   */
  async authorize(server: string, how: Authorization, options: AddServerOptions = {}): Promise<ServerInfo> {
    this.#directory.require(server);
    this.assertOpen();
    return await this.#membership.authorize(server, how, options);
  }

  /** Names of the servers, in the order in which they were added. */
  listServers(): string[] {
    return this.#directory.names;
  }

  /**
   * The tools of all servers by name, or of one, as last seen; they are kept while a connection comes back. A list that its
   * server says may not be believed any more (`ttlMs`) is fetched again meanwhile; `catalog.changed` tells what is different.
   * An unknown name gives `{}`.
   */
  listTools(server?: string): Record<string, readonly Tool[]> {
    const names = server === undefined ? this.#directory.names : [server];
    const known = names.filter((name) => this.#directory.get(name) !== undefined);
    return Object.fromEntries(known.map((name) => [name, this.#directory.lookAtTools(name)]));
  }

  /** What is known of a server now, without secrets; nothing for an unknown name. */
  getServerInfo(server: string): ServerInfo | undefined {
    return this.#directory.info(server);
  }

  /**
   * Say why a server is in the state it is in: its last faults, the next attempt, budgets, calls, the last lines of its
   * stderr; as data, and as `text` for a person. **Errors** `SERVER_UNKNOWN`.
   */
  explain(server: string): Explanation {
    return this.#directory.explain(server);
  }

  /**
   * Listen to events of one type, to state changes (`'state'`) or to all (`'*'`). Returns how to stop listening.
   *
   * Listeners are called in order, after the turn in which the event happened. One that throws or rejects harms
   * nothing: it is reported as `listener.failed`.
   */
  on<N extends RuntimeEventName>(name: N, listener: Listener<N>): () => void {
    return this.#bus.on(name, listener);
  }

  /**
   * All events from now on, as an async iterable for one consumer. It is bounded: a consumer that is too slow loses the
   * oldest, and is told by an `events.dropped` event. Ends when the supervisor is closed or the loop is left.
   */
  events(): AsyncIterableIterator<RuntimeEvent, undefined> {
    return this.#bus.stream();
  }

  /**
   * Resolve when the server is in that state, which may be now.
   *
   * **Errors** `SERVER_UNKNOWN`; `SERVER_REMOVED` when it is removed meanwhile, the supervisor's `close` included.
   * **Cancels** aborting the signal rejects with its reason.
   */
  async waitFor(server: string, state: ConnectionState, options: WaitForOptions = {}): Promise<ServerInfo> {
    return await inState(this.#directory, server, state, { clock: this.#clock, signal: options.signal });
  }

  /** The same as `close()`, under the name that the tutorial's client has. */
  disconnectAll(options: CloseOptions = {}): Promise<void> {
    return this.close(options);
  }

  /**
   * Dispose all servers, strictly in the reverse order of their start, and within `closeTimeoutMs`; what is left then is
   * killed. Resolves when no process, socket, timer or listener of the library is left. Never rejects.
   *
   * Calls that wait fail with `SUPERVISOR_CLOSED`; calls under way may go on for `drainMs` (default 0) from now. Closing
   * twice is one promise; `force` ends everything at once, also when a polite close is under way.
   */
  close({ force = false, drainMs = 0 }: CloseOptions = {}): Promise<void> {
    this.#closing ??= this.#close(drainMs);
    if (force) this.#supervisor.force();
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(drainMs: number): Promise<void> {
    this.#directory.close();
    await this.#supervisor.close(drainMs);
    await this.#desk.close();
    this.#bus.close();
  }

  #assertNew(configs: readonly ServerConfig[]): void {
    this.assertOpen();
    this.#directory.requireNew(configs);
  }

  protected override assertOpen(): void {
    if (this.#closing !== undefined) throw new SupervisorError('SUPERVISOR_CLOSED', 'the supervisor is closed');
  }
}
