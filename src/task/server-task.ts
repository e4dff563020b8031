/** The handle of one task: each verb waits on the same looks. */

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { CallOptions } from '../call/call-options.ts';
import { callError, type FailedRequest } from '../call/failure.ts';
import { PausableDeadline } from '../call/pausable-deadline.ts';
import { MAX_TIMER_MS } from '../clock.ts';
import { CallError } from '../errors.ts';
import { RequestError } from '../link/link.ts';
import { isOver, type RemoteTask } from '../link/remote-task.ts';
import { stateOf, type Task, type TaskState } from './task.ts';
import { lookError, ofTask, saysUnknown, taskError } from './task-failure.ts';
import { TaskUpdates } from './task-updates.ts';
import { TaskWatch, type WatchedTask } from './task-watch.ts';

const INVALID_PARAMS = -32_602;

/** A task that a server has, or had. */
export class ServerTask implements Task {
  readonly server: string;
  readonly id: string;
  readonly #task: WatchedTask;
  readonly #watch: TaskWatch;
  #result: CallToolResult | undefined;

  constructor(task: WatchedTask, created?: RemoteTask) {
    this.server = task.target.plan.name;
    this.id = task.id;
    this.#task = task;
    this.#watch = new TaskWatch(task, created);
  }

  async status(options: CallOptions = {}): Promise<TaskState> {
    return stateOf(await this.#look(options));
  }

  async result({ timeoutMs = MAX_TIMER_MS, signal }: Pick<CallOptions, 'timeoutMs' | 'signal'> = {}) {
    if (this.#result !== undefined) return this.#result;
    const { clock, target } = this.#task;
    const deadline = new PausableDeadline(clock, target.standstill, { timeoutMs, signal, idleTimeoutMs: undefined });
    try {
      const task = await this.#end(deadline.signal);
      const result = await this.#resultOf(task, deadline.signal);
      await this.#task.verify?.(result, this.#about);
      this.#result = result;
      return this.#result;
    } catch (error) {
      const isEnded = error instanceof CallError && error.code === 'CALL_ABORTED';
      if (!isEnded || deadline.passedMs === undefined) throw error;
      throw this.#error('CALL_TIMEOUT', `has not ended within ${deadline.passedMs} ms`);
    } finally {
      deadline.stop();
    }
  }

  async cancel(options: CallOptions = {}): Promise<TaskState> {
    const { requester, target, id } = this.#task;
    try {
      // It may be asked for twice: a task that was cancelled already is refused, and says so when it is looked at.
      await requester.request(target, 'tasks/cancel', { taskId: id }, { retry: 'always', ...options });
    } catch (error) {
      // Refused is what is over or not known, and which of the two it is its state tells.
      const isRefused = saysUnknown(error) && (error as CallError).rpcCode === INVALID_PARAMS;
      if (!isRefused) throw error instanceof CallError ? ofTask(error, id) : error;
    }
    return await this.status(options);
  }

  updates({ signal }: Pick<CallOptions, 'signal'> = {}): AsyncIterableIterator<TaskState, undefined> {
    const aborted = () => this.#error('CALL_ABORTED', 'is not waited for any more', signal?.reason);
    return new TaskUpdates(this.#watch, signal, aborted);
  }

  /** Give it up, with nobody to tell how that goes. Returns at once. */
  abandon(timeoutMs: number): void {
    if (this.#watch.latest !== undefined && isOver(this.#watch.latest)) return;
    const { requester, target, id } = this.#task;
    const cancelled = requester.request(target, 'tasks/cancel', { taskId: id }, { timeoutMs, retry: 'always' });
    cancelled.catch(() => {});
  }

  async #look(options: CallOptions): Promise<RemoteTask> {
    const { requester, target, id } = this.#task;
    try {
      const task = await requester.request(target, 'tasks/get', { taskId: id }, options);
      this.#watch.took(task);
      return task;
    } catch (error) {
      throw lookError(error, { server: this.server, taskId: id });
    }
  }

  /** Its last state. */
  async #end(signal: AbortSignal): Promise<RemoteTask> {
    const { latest } = this.#watch;
    if (latest !== undefined && isOver(latest)) return latest;
    let leave = () => {};
    let abort = () => {};
    try {
      return await new Promise<RemoteTask>((resolve, reject) => {
        abort = () => reject(this.#error('CALL_ABORTED', 'is not waited for any more', signal.reason));
        if (signal.aborted) return abort();
        signal.addEventListener('abort', abort, { once: true });
        leave = this.#watch.watch({ seen: (task) => isOver(task) && resolve(task), failed: reject });
      });
    } finally {
      signal.removeEventListener('abort', abort);
      leave();
    }
  }

  async #resultOf({ status, failure }: RemoteTask, signal: AbortSignal): Promise<CallToolResult> {
    const { requester, target, id } = this.#task;
    if (status === 'cancelled') throw this.#error('TASK_CANCELLED', 'was cancelled');
    if (this.#watch.result !== undefined) return this.#watch.result;
    if (failure !== undefined) throw this.#failed(failure);
    const options = { timeoutMs: MAX_TIMER_MS, idleTimeoutMs: target.plan.callTimeoutMs, signal };
    try {
      return await requester.request(target, 'tasks/result', { taskId: id }, options);
    } catch (error) {
      // The code may be the call's own, so the state says whether the task is still known.
      if (saysUnknown(error)) await this.#look({ signal });
      throw error instanceof CallError ? this.#afterEnd(error) : error;
    }
  }

  /** It has ended: only an error of the server itself can be the outcome of the call. */
  #afterEnd(error: CallError): CallError {
    return ofTask(error, this.id, error.code === 'SERVER_ERROR' ? 'failed-by-server' : 'unknown');
  }

  #failed(failure: NonNullable<RemoteTask['failure']>): unknown {
    return callError(new RequestError({ kind: 'server-error', ...failure }), this.#about);
  }

  /** The call that it was begun by. */
  get #about(): FailedRequest {
    const { target, id: taskId } = this.#task;
    const { plan, gate } = target;
    const call = { method: 'tools/call', attempts: 1, timeoutMs: plan.callTimeoutMs };
    return { ...call, server: this.server, epoch: gate.publication?.epoch, taskId };
  }

  #error(code: 'TASK_CANCELLED' | 'CALL_ABORTED' | 'CALL_TIMEOUT', what: string, cause?: unknown): CallError {
    const epoch = this.#task.target.gate.publication?.epoch;
    return taskError(code, { server: this.server, epoch, taskId: this.id }, what, cause);
  }
}
