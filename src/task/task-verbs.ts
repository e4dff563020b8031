/** The verbs about tasks, and the end of a plain call that became one. */

import type { CallOptions } from '../call/call-options.ts';
import { lateError } from '../call/failure.ts';
import { aboutRequest, leftMs, type PendingRequest } from '../call/pending-request.ts';
import type { RequestTarget } from '../call/request-target.ts';
import type { Requester } from '../call/requester.ts';
import type { ResultVerifier } from '../call/result-verification.ts';
import { type Clock, MAX_TIMER_MS } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { CallError } from '../errors.ts';
import { CREATED_TASK, type RemoteTask } from '../link/remote-task.ts';
import type { ToolReply } from '../link/requests.ts';
import { AnsweredTask } from './answered-task.ts';
import { ServerTask } from './server-task.ts';
import { type ListedTask, stateOf, type Task, type TaskCallOptions } from './task.ts';

/** Calls tools as tasks and gives tasks again. */
export class TaskVerbs {
  readonly #clock: Clock;
  readonly #requester: () => Requester;

  constructor(clock: Clock, requester: () => Requester) {
    this.#clock = clock;
    this.#requester = requester;
  }

  /** Call a tool as a task; resolves when the server has it. Rejects with `CallError`. */
  async call(
    target: RequestTarget,
    tool: string,
    args: Record<string, unknown>,
    { ttlMs, ...options }: TaskCallOptions,
  ): Promise<Task> {
    const task = ttlMs === undefined ? {} : { ttl: ttlMs };
    const params = { name: tool, arguments: args, task };
    const requester = this.#requester();
    const verify = requester.verification.of({ target, method: 'tools/call', params });
    const reply: ToolReply = await requester.request(target, 'tools/call', params, options);
    const created = reply[CREATED_TASK];
    if (created === undefined) return new AnsweredTask(target.plan.name, reply);
    return this.#taskOf(target, created.id, created, verify);
  }

  /** The handle of a task that is known by its id. Asks nothing. */
  resume(target: RequestTarget, id: string): Task {
    return this.#taskOf(target, id);
  }

  /** All tasks that a server lists, over all pages, within the bounds of any list. Rejects with `CallError`. */
  async list(target: RequestTarget, options: CallOptions): Promise<ListedTask[]> {
    const { maxPages, maxListEntries: maxTasks } = target.plan.limits;
    const endsAtMs = this.#clock.monotonic() + (options.timeoutMs ?? target.plan.callTimeoutMs);
    const listed: ListedTask[] = [];
    const cursors = new Set<string>();
    let cursor: string | undefined;
    do {
      const timeoutMs = Math.max(0, endsAtMs - this.#clock.monotonic());
      const params = cursor === undefined ? {} : { cursor };
      const page = await this.#requester().request(target, 'tasks/list', params, { ...options, timeoutMs });
      for (const task of page.tasks) listed.push({ id: task.id, ...stateOf(task) });
      if (listed.length >= maxTasks || cursors.size >= maxPages) return listed.slice(0, maxTasks);
      cursor = page.nextCursor;
      // A cursor that comes twice leads nowhere.
      if (cursor !== undefined && cursors.has(cursor)) return listed;
      if (cursor !== undefined) cursors.add(cursor);
    } while (cursor !== undefined);
    return listed;
  }

  /** The result of a plain call that became a task, in what is left of the call. Given up, the task is cancelled. */
  async outcomeOf(call: PendingRequest, created: RemoteTask): Promise<ToolReply> {
    const { target, signal, deadline } = call;
    const task = this.#taskOf(target, created.id, created);
    // A deadline that may stand still aborts the signal; any other is a time.
    const timeoutMs = deadline === undefined ? Math.max(0, leftMs(call, this.#clock)) : MAX_TIMER_MS;
    try {
      return await task.result({ timeoutMs, signal });
    } catch (error) {
      const isGivenUp = error instanceof CallError && (error.code === 'CALL_TIMEOUT' || error.code === 'CALL_ABORTED');
      if (isGivenUp) task.abandon(DEFAULTS.taskCancelTimeoutMs);
      if (!isGivenUp || error.code !== 'CALL_TIMEOUT') throw error;
      throw lateError({ ...aboutRequest(call, 1), epoch: error.epoch, taskId: created.id }, 'unknown');
    }
  }

  #taskOf(target: RequestTarget, id: string, created?: RemoteTask, verify?: ResultVerifier): ServerTask {
    return new ServerTask({ clock: this.#clock, requester: this.#requester(), target, id, verify }, created);
  }
}
