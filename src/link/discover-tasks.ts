/**
 * Tasks in the discover era: the extension with which a server may answer a call by a task, and the requests about one.
 * Source: SEP-2663, "Tasks Extension".
 */

import { isSpecType } from '@modelcontextprotocol/client';
import type { CallToolResult, ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { scrubValue } from '../config/scrubbed-value.ts';
import { RequestError, type RequestOptions } from './link.ts';
import {
  CREATED_TASK,
  isOver,
  type RemoteTask,
  readQuestions,
  readTask,
  TASKS_EXTENSION,
  type TaskFailure,
} from './remote-task.ts';
import type { TaskMethod, ToolReply } from './requests.ts';
import { shortened } from './short-list.ts';

type Params = Record<string, unknown>;

/** Where the result of a call keeps the task that it became, out of sight of the SDK. */
export const TASK_REPLY = 'mcp-supervisor/task';

/** A task that is looked at more often needs no subscription to its changes, which costs as much as a look. */
const WORTH_FOLLOWING_MS = 1_000;

/** What tasks are asked about through. */
export interface DiscoverTasksSetup {
  /** Ask one request. Rejects with `RequestError`. */
  readonly ask: (method: string, params: Params, options: RequestOptions) => Promise<Record<string, unknown>>;
  readonly scrub: (text: string) => string;
  /** A task goes on, and its changes are of interest; or it is over. */
  readonly follow: (id: string, goesOn: boolean) => void;
}

/** The state of a task, and all that was said with it. */
interface Look {
  readonly task: RemoteTask;
  readonly said: Params;
}

/** The tasks of one link. */
export class DiscoverTasks {
  readonly #setup: DiscoverTasksSetup;
  #isOffered = false;

  constructor(setup: DiscoverTasksSetup) {
    this.#setup = setup;
  }

  /** The server said what it is capable of. */
  offered({ extensions }: Pick<ServerCapabilities, 'extensions'>): void {
    this.#isOffered = extensions?.[TASKS_EXTENSION] !== undefined;
  }

  /** Throw `RequestError` where a server never answers by a task: whether it does is its own decision otherwise. */
  assertOffered(tool: string): void {
    if (!this.#isOffered) throw new RequestError({ kind: 'unsupported', what: `to call '${tool}' as a task` });
  }

  /** The answer to a call. */
  reply(said: Record<string, unknown>): ToolReply {
    if (said[TASK_REPLY] === undefined) return said as ToolReply;
    const task = readTask(said[TASK_REPLY], this.#setup.scrub) ?? invalid('no task');
    return { content: [], [CREATED_TASK]: task };
  }

  /** Ask about tasks. Rejects with `RequestError`. */
  async request(method: TaskMethod, params: Params, options: RequestOptions): Promise<object> {
    const taskId = String(params['taskId']);
    switch (method) {
      case 'tasks/get':
        return (await this.#look(taskId, options)).task;
      case 'tasks/result':
        return resultOf(await this.#look(taskId, options));
      case 'tasks/cancel':
      case 'tasks/update':
        await this.#setup.ask(method, params, options);
        return {};
      case 'tasks/list':
        throw new RequestError({ kind: 'unsupported', what: method });
    }
  }

  async #look(taskId: string, options: RequestOptions): Promise<Look> {
    const said = await this.#setup.ask('tasks/get', { taskId }, options);
    const task = readTask(said, this.#setup.scrub) ?? invalid('no task');
    const isQuick = task.pollIntervalMs !== undefined && task.pollIntervalMs < WORTH_FOLLOWING_MS;
    if (isOver(task) || !isQuick) this.#setup.follow(taskId, !isOver(task));
    const questions = task.status === 'input_required' ? readQuestions(said['inputRequests'], isQuestion) : undefined;
    const failure = task.status === 'failed' ? this.#failureOf(said['error']) : undefined;
    return { task: { ...task, questions, failure }, said };
  }

  #failureOf(error: unknown): TaskFailure {
    const { code, message, data } = (typeof error === 'object' && error !== null ? error : {}) as Params;
    const { scrub } = this.#setup;
    return {
      code: typeof code === 'number' ? code : -32_603,
      message: scrub(typeof message === 'string' ? message : 'the task failed'),
      data: scrubValue(scrub, data),
    };
  }
}

/** The result is a part of the state: it is asked for again rather than kept. */
function resultOf({ task, said }: Look): CallToolResult {
  if (task.failure !== undefined) throw new RequestError({ kind: 'server-error', ...task.failure });
  if (task.status !== 'completed') return invalid('a task without its result');
  const result: unknown = shortened(said['result'], 'content', isSpecType.ContentBlock);
  return isSpecType.CallToolResult(result) ? ({ content: [], ...result } as CallToolResult) : invalid('no result');
}

function isQuestion(value: unknown): boolean {
  return (
    isSpecType.ElicitRequest(value) || isSpecType.CreateMessageRequest(value) || isSpecType.ListRootsRequest(value)
  );
}

function invalid(detail: string): never {
  throw new RequestError({ kind: 'invalid-reply', detail });
}
