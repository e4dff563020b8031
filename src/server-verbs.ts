/** What a host asks of one server and declares to it. Each verb looks a server up and forwards; none changes a state itself. */

import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  GetPromptResult,
  Prompt,
  ReadResourceResult,
  Resource,
  ResourceTemplate,
} from '@modelcontextprotocol/sdk/types.js';
import type { CallOptions, ReadOptions } from './call/call-options.ts';
import type { Requester } from './call/requester.ts';
import type { Directory } from './catalog/directory.ts';
import type { ServerEntry } from './catalog/server-entry.ts';
import type { Clock } from './clock.ts';
import { parseLoggingLevel, parseRoots } from './config/parse.ts';
import type { LoggingLevel, Root } from './config/supervision-config.ts';
import { ConfigError } from './errors.ts';
import { isExtensionMethod } from './link/extension-method.ts';
import type { ListEvent } from './listing/list-event.ts';
import { ListVerbs } from './session/list-verbs.ts';
import { SessionVerbs } from './session/session-verbs.ts';
import type { ListedTask, Task, TaskCallOptions } from './task/task.ts';
import type { TaskVerbs } from './task/task-verbs.ts';

/** Which value is to be completed: see `complete`. */
export type CompletionRequest = Pick<CompleteRequestParams, 'ref' | 'argument' | 'context'>;

/** What the verbs work with. */
export interface ServerVerbsContext {
  readonly clock: Clock;
  readonly directory: Directory;
  readonly requester: Requester;
  readonly tasks: TaskVerbs;
  /** Must not throw. */
  readonly tell: (event: ListEvent) => void;
}

/** The verbs about one server that is there. */
export abstract class ServerVerbs {
  readonly #directory: Directory;
  readonly #requester: Requester;
  readonly #session: SessionVerbs;
  readonly #lists: ListVerbs;
  readonly #tasks: TaskVerbs;

  constructor({ clock, directory, requester, tasks, tell }: ServerVerbsContext) {
    this.#directory = directory;
    this.#requester = requester;
    this.#session = new SessionVerbs(clock, requester);
    this.#lists = new ListVerbs({ clock, requester, tell });
    this.#tasks = tasks;
  }

  /**
   * Call a tool. On a ready connection the call goes out directly; while the connection comes back it waits, in order,
   * until its own deadline. A call that certainly was not executed is sent again; one whose outcome is unknown is not.
   *
   * A tool that fails in its own terms resolves with `isError: true`, as the protocol says. A structured result that breaks
   * the output schema of its tool rejects with `RESULT_INVALID`: the tool has run. A tool that its server runs as a task,
   * because it has to or because the server decides so, is waited for within the same deadline, and given up it is
   * cancelled; `callToolAsTask` waits for longer than a deadline.
   *
   * **Errors** `CallError`, whose `outcome` says what is known about execution: `CAPABILITY_MISSING` when the server offers no
   * tools at all; `SERVER_UNKNOWN` lists the known names.
   * **Cancels** aborting the signal rejects at once with `CALL_ABORTED`, and tells the server when the call was sent.
   * **States** `ready` passes; `connecting`, `initializing` and `reconnecting` wait, held ones too; parked and `closed` fail
   * at once.
   * **Source** MCP 2025-11-25, server/tools, "Calling Tools".
   */
  callTool(
    server: string,
    tool: string,
    args: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<CallToolResult> {
    try {
      const target = this.#directory.get(server) ?? this.#directory.require(server);
      return this.#requester.request(target, 'tools/call', { name: tool, arguments: args }, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Call a tool as a task: resolves as soon as the server has it, with a handle that outlives connections, and this host
   * where `server` and `id` are kept. Until then it is a call like any other: what certainly was not executed is sent
   * again, and what may have been is not, whatever a server hints, so that no task begins twice.
   *
   * **Errors** those of `callTool`; the outcome `unknown` means that a task may run which nobody knows. `CAPABILITY_MISSING`
   * where the server or the tool knows no tasks. **Cancels** as `callTool`; a task that begins all the same is cancelled.
   * **Source** MCP 2025-11-25, basic/utilities/tasks, experimental; SEP-2663, where a server decides itself whether it
   * answers with a task: then the handle may have its result already, and no `id`.
   */
  async callToolAsTask(
    server: string,
    tool: string,
    args: Record<string, unknown> = {},
    options: TaskCallOptions = {},
  ): Promise<Task> {
    return await this.#tasks.call(this.#directory.require(server), tool, args, options);
  }

  /**
   * The handle of a task that is known by its id, such as after a restart of the host. Asks nothing: whether the server
   * knows the task is found out by the first thing that the handle is asked for. **Errors** `SERVER_UNKNOWN`.
   */
  resumeTask(server: string, id: string): Task {
    return this.#tasks.resume(this.#directory.require(server), id);
  }

  /**
   * The tasks that a server lists; of a longer list the first `limits.maxPages` pages and `limits.maxListEntries` tasks. Servers of
   * the era of 2026-07-28 list none.
   *
   * **Errors** `CAPABILITY_MISSING` where the server lists no tasks; else as `callTool`.
   * **Source** MCP 2025-11-25, basic/utilities/tasks, "Listing Tasks".
   */
  async listTasks(server: string, options: CallOptions = {}): Promise<ListedTask[]> {
    return await this.#tasks.list(this.#directory.require(server), options);
  }

  /**
   * The resources that a server lists now, over all pages.
   *
   * Once asked for, the list is followed: after each `list_changed` of the server, and in each new epoch, it is fetched again
   * and compared, and `catalog.changed` tells what is different. Where the server says for how long its list may be believed
   * (`ttlMs`), it is not asked again before that, or before it says that the list changed. The array is frozen.
   *
   * **Bounds** those of the list of tools; entries that are none are left out (`entries.rejected`). **Errors**
   * `REPLY_INVALID` for a list beyond its bounds; `CAPABILITY_MISSING` when the server has no resources; else, and **Cancels**
   * and **States**, as `callTool`; one deadline covers all pages. **Source** MCP 2025-11-25, server/resources, "Listing
   * Resources"; MCP 2026-07-28, server/utilities/caching.
   */
  async listResources(server: string, options: ReadOptions = {}): Promise<readonly Resource[]> {
    return await this.#lists.list(this.#directory.require(server), 'resources', options);
  }

  /** The templates of resources that a server lists now. As `listResources`. */
  async listResourceTemplates(server: string, options: ReadOptions = {}): Promise<readonly ResourceTemplate[]> {
    return await this.#lists.list(this.#directory.require(server), 'resourceTemplates', options);
  }

  /**
   * Read a resource, as `callTool` calls a tool; a reading is harmless, so it is sent again when its outcome is unknown.
   * Where the server says for how long what was read may be believed (`ttlMs`), the same is returned until then, until it
   * says that the resource changed, or until the epoch ends.
   *
   * **Bounds** `limits.maxCachedBytes` of readings are kept. **Errors** `CAPABILITY_MISSING` when the server has no
   * resources; else as `callTool`. **Source** MCP 2025-11-25, server/resources, "Reading Resources"; MCP 2026-07-28,
   * server/utilities/caching.
   */
  async readResource(server: string, uri: string, options: ReadOptions = {}): Promise<ReadResourceResult> {
    return await this.#session.read(this.#directory.require(server), uri, options);
  }

  /** The prompts that a server lists now. As `listResources`. **Source** MCP 2025-11-25, server/prompts. */
  async listPrompts(server: string, options: ReadOptions = {}): Promise<readonly Prompt[]> {
    return await this.#lists.list(this.#directory.require(server), 'prompts', options);
  }

  /**
   * Get a prompt with its arguments filled in. Harmless like a reading. What it holds is untrusted.
   *
   * **Errors** `CAPABILITY_MISSING` when the server has no prompts; else, and **Cancels** and **States**, as `callTool`.
   * **Source** MCP 2025-11-25, server/prompts, "Getting a Prompt".
   */
  async getPrompt(
    server: string,
    prompt: string,
    args: Record<string, string> = {},
    options: CallOptions = {},
  ): Promise<GetPromptResult> {
    const params = { name: prompt, arguments: args };
    return await this.#requester.request(this.#directory.require(server), 'prompts/get', params, options);
  }

  /**
   * Ask how a value goes on that a person begins to type: of an argument of a prompt (`ref: { type: 'ref/prompt', name }`),
   * or of a variable of a resource template (`ref: { type: 'ref/resource', uri }`); `context.arguments` holds what was
   * chosen already. Ask at the pace of a person, and abort the question before.
   *
   * **Bounds** the server gives at most 100 values, the best first. **Errors** `CAPABILITY_MISSING` when the server completes
   * nothing; else, and **Cancels** and **States**, as `callTool`. **Source** MCP 2025-11-25, server/utilities/completion.
   */
  async complete(
    server: string,
    request: CompletionRequest,
    options: CallOptions = {},
  ): Promise<CompleteResult['completion']> {
    const target = this.#directory.require(server);
    const { completion } = await this.#requester.request(target, 'completion/complete', { ...request }, options);
    return completion;
  }

  /**
   * Send a request that an extension of the protocol adds, as `callTool` calls a tool. Of its result nothing is checked
   * but that it is an object, and whether it may run twice only the caller knows: see `retry`.
   *
   * **Errors** `ConfigError` for a method of the protocol itself, which has a verb or is the connection's business; else
   * as `callTool`. **Source** SEP-2133, Extensions.
   */
  async request(
    server: string,
    method: string,
    params: Record<string, unknown> = {},
    options: CallOptions = {},
  ): Promise<Record<string, unknown>> {
    const target = this.#directory.require(server);
    if (!isExtensionMethod(method)) {
      throw new ConfigError([{ path: 'method', message: 'must be the name of a method of an extension' }], server);
    }
    return await this.#requester.request(target, method, params, options);
  }

  /**
   * Declare a subscription. It holds through every reconnect: a new epoch subscribes again, then reads the resource and
   * compares it to what was last known, so that `resource.updated` tells of each change at least once.
   *
   * **Errors** `CAPABILITY_MISSING`, `SERVER_CLOSED`, `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`, and those of a call; after
   * each of them nothing is declared. **States** `ready`: resolves when the server took it. Coming back or parked:
   * resolves at once, and the next epoch is told. **Source** MCP 2025-11-25, server/resources, "Subscriptions".
   */
  async subscribeResource(server: string, uri: string): Promise<void> {
    await this.#session.subscribe(this.#declaring(server), uri);
  }

  /** Take a subscription back: nothing of it is told any more. One that is not there is no error. As `subscribeResource`. */
  async unsubscribeResource(server: string, uri: string): Promise<void> {
    await this.#session.unsubscribe(this.#declaring(server), uri);
  }

  /**
   * Declare how much a server logs, from now on and in every later epoch; what it logs is told as `log.received`.
   *
   * **Errors**, **States** as `subscribeResource`; `ConfigError` for a level that is none.
   * **Source** MCP 2025-11-25, server/utilities/logging.
   */
  async setLoggingLevel(server: string, level: LoggingLevel): Promise<void> {
    await this.#session.setLoggingLevel(this.#declaring(server), parseLoggingLevel(level, server));
  }

  /**
   * Declare where a server may work; it is told that they changed and asks for them. A server that was added without
   * `roots` is told of them from its next epoch on, because that is declared in the handshake.
   *
   * **Errors** `ConfigError`, `SERVER_CLOSED`, `SERVER_UNKNOWN`, `SUPERVISOR_CLOSED`. **Source** MCP 2025-11-25, client/roots.
   */
  async setRoots(server: string, roots: readonly Root[]): Promise<void> {
    await this.#session.setRoots(this.#declaring(server), parseRoots(roots, server));
  }

  /** Throw where nothing may be begun any more. */
  protected abstract assertOpen(): void;

  /** A server that something may be declared for. */
  #declaring(server: string): ServerEntry {
    const entry = this.#directory.require(server);
    this.assertOpen();
    return entry;
  }
}
