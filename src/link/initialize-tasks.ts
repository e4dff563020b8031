/**
 * Tasks in the initialize era: which tools are called as tasks, and the requests about them. Experimental in revision
 * 2025-11-25, and not there in the ones before. Source: MCP 2025-11-25, basic/utilities/tasks.
 */

import type { CallToolResult, ServerCapabilities, Tool } from '@modelcontextprotocol/sdk/types.js';
import { type Clock, MAX_TIMER_MS } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { withDeadline } from '../policy/deadline.ts';
import { RequestError, type RequestOptions } from './link.ts';
import type { ProgressBoard } from './progress-board.ts';
import { CREATED_TASK, isOver, type RemoteTask, readTask } from './remote-task.ts';
import type { RequestShapes, TaskMethod, ToolCallParams, ToolReply } from './requests.ts';

type Params = Record<string, unknown>;

/** What tasks are asked about through. */
export interface InitializeTasksSetup {
  readonly clock: Clock;
  readonly progress: ProgressBoard;
  /** What the server said in the handshake, unscrubbed. */
  readonly capabilities: () => ServerCapabilities | undefined;
  /** Send one request; its result is checked by whoever asks. Rejects with `RequestError`. */
  readonly send: (method: string, params: Params, options: RequestOptions) => Promise<Record<string, unknown>>;
  /** The result of a call, or nothing when it is none. */
  readonly toResult: (value: unknown) => CallToolResult | undefined;
  readonly scrub: (text: string) => string;
}

/** The tasks of one link. */
export class InitializeTasks {
  readonly #setup: InitializeTasksSetup;
  /** Tools that may be called as tasks; true where they have to be. */
  readonly #tools = new Map<string, boolean>();
  /** The progress tokens of tasks that were created here and have not come to their end, by id. */
  readonly #progressTokens = new Map<string, number>();

  constructor(setup: InitializeTasksSetup) {
    this.#setup = setup;
  }

  /** A tool was listed: note how it is called. */
  note({ name, execution }: Tool): void {
    const support = execution?.taskSupport;
    if (support === 'required' || support === 'optional') this.#tools.set(name, support === 'required');
    else this.#tools.delete(name);
  }

  /** Whether a call may have to do with tasks: the server has tools that are, or the caller wants one. */
  concerns(params: Params): boolean {
    return this.#tools.size > 0 || params['task'] !== undefined;
  }

  /** What a call is made with as a task; nothing for a plain call. Throws `RequestError` for a tool that cannot be. */
  paramsOf({ name, arguments: args, task }: ToolCallParams, { timeoutMs }: RequestOptions): ToolCallParams | undefined {
    const isOffered = this.#setup.capabilities()?.tasks?.requests?.tools?.call !== undefined;
    const isRequired = isOffered ? this.#tools.get(name) : undefined;
    if (task === undefined) {
      // Nobody asks for the result after the call, so the server need not keep it without an end.
      const ttl = Math.max(DEFAULTS.taskTtlMs, timeoutMs);
      return isRequired ? { name, arguments: args ?? {}, task: { ttl } } : undefined;
    }
    if (isRequired === undefined) throw new RequestError({ kind: 'unsupported', what: `to call '${name}' as a task` });
    return { name, arguments: args ?? {}, task };
  }

  /**
   * Call a tool as a task. A task is cancelled by its id, which is in the reply: who gives up before it is not waited
   * for, and the task is cancelled when it becomes known.
   */
  async create(params: ToolCallParams, options: RequestOptions): Promise<ToolReply> {
    const { onProgress, ...others } = options;
    if (onProgress === undefined) return await this.#create(params as unknown as Params, options);
    const { progress } = this.#setup;
    const progressToken = progress.expect(onProgress);
    const meta = (params as unknown as Params)['_meta'] as object | undefined;
    let task: RemoteTask | undefined;
    try {
      const reply = await this.#create({ ...params, _meta: { ...meta, progressToken } }, others);
      task = reply[CREATED_TASK];
      // Its progress goes on under the token of the call. Source: MCP 2025-11-25, tasks, "Task Progress Notifications".
      if (task !== undefined && !isOver(task)) this.#progressTokens.set(task.id, progressToken);
      return reply;
    } finally {
      if (task === undefined || isOver(task)) progress.forget(progressToken);
    }
  }

  async #create(params: Params, options: RequestOptions): Promise<ToolReply> {
    const { clock, send } = this.#setup;
    const { timeoutMs, signal } = options;
    const created = send('tools/call', params, {
      signal: undefined,
      timeoutMs: Math.min(timeoutMs + DEFAULTS.taskCancelTimeoutMs, MAX_TIMER_MS),
    });
    let abort = (): void => {};
    const aborted = new Promise<'aborted'>((resolve) => {
      abort = () => resolve('aborted');
    });
    signal?.addEventListener('abort', abort, { once: true });
    try {
      if (signal?.aborted) abort();
      const outcome = await withDeadline(clock, Promise.race([created, aborted]), timeoutMs);
      if (outcome.settled && outcome.value !== 'aborted') return this.#reply(outcome.value);
      void created.then((late) => this.#cancelLate(late)).catch(() => {});
      throw new RequestError({ kind: outcome.settled ? 'aborted' : 'timed-out' });
    } finally {
      signal?.removeEventListener('abort', abort);
    }
  }

  /** Ask about tasks. Rejects with `RequestError`. */
  async request(method: TaskMethod, params: Params, options: RequestOptions): Promise<object> {
    const { send, scrub, toResult } = this.#setup;
    switch (method) {
      case 'tasks/get':
        return this.#heard(readTask(await send(method, params, options), scrub) ?? invalid('no task'));
      case 'tasks/result': {
        const said = await send(method, params, options);
        this.#forgetProgress(String(params['taskId']));
        return toResult(said) ?? invalid('no result');
      }
      case 'tasks/cancel':
        this.#assertOffered('cancel');
        await send(method, params, options);
        return {};
      case 'tasks/list':
        this.#assertOffered('list');
        return this.#listOf(await send(method, params, options));
      case 'tasks/update':
        throw new RequestError({ kind: 'unsupported', what: method });
    }
  }

  /** A task that is over makes no progress. */
  #heard(task: RemoteTask): RemoteTask {
    if (isOver(task)) this.#forgetProgress(task.id);
    return task;
  }

  #forgetProgress(id: string): void {
    const token = this.#progressTokens.get(id);
    if (token === undefined) return;
    this.#progressTokens.delete(id);
    this.#setup.progress.forget(token);
  }

  #listOf({ tasks, nextCursor }: Record<string, unknown>): RequestShapes['tasks/list']['result'] {
    if (!Array.isArray(tasks)) return invalid('no list of tasks');
    const listed = tasks.map((each) => readTask(each, this.#setup.scrub)).filter((each) => each !== undefined);
    return { tasks: listed, nextCursor: typeof nextCursor === 'string' ? nextCursor : undefined };
  }

  #assertOffered(what: 'cancel' | 'list'): void {
    const isOffered = this.#setup.capabilities()?.tasks?.[what] !== undefined;
    if (!isOffered) throw new RequestError({ kind: 'unsupported', what: `tasks/${what}` });
  }

  /** A server may run what it was asked to do as a task at once. */
  #reply(said: Record<string, unknown>): ToolReply {
    if (typeof said['task'] !== 'object') return this.#setup.toResult(said) ?? invalid('no result');
    const task = readTask(said['task'], this.#setup.scrub) ?? invalid('no task');
    return { content: [], [CREATED_TASK]: task };
  }

  async #cancelLate(said: Record<string, unknown>): Promise<void> {
    const task = readTask(said['task'], this.#setup.scrub);
    if (task === undefined) return;
    await this.request('tasks/cancel', { taskId: task.id }, { timeoutMs: DEFAULTS.taskCancelTimeoutMs });
  }
}

function invalid(detail: string): never {
  throw new RequestError({ kind: 'invalid-reply', detail });
}
