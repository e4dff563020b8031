/** What a host sees of a task, in both eras. */

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { CallOptions } from '../call/call-options.ts';
import type { RemoteTask, TaskStatus } from '../link/remote-task.ts';

/** The state of a task, as its server last said it. Texts are untrusted. */
export interface TaskState {
  readonly status: TaskStatus;
  /** What the server says of it, for people; at most 2 000 characters. */
  readonly message?: string | undefined;
  /** When it was created and last changed, by the clock of the server, as it wrote them. */
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
  /** How long the server keeps it from its creation on, in milliseconds; `null` when it says no end. */
  readonly ttlMs: number | null;
}

/** A task of a list. */
export interface ListedTask extends TaskState {
  readonly id: string;
}

/** How a tool is called as a task. */
export interface TaskCallOptions extends CallOptions {
  /**
   * How long the server is asked to keep the task, in milliseconds; it may decide otherwise. Without it the server
   * decides; in the era of 2026-07-28 it always does.
   */
  readonly ttlMs?: number | undefined;
}

/**
 * A tool that runs on its server as a task: whatever becomes of connections meanwhile, it is asked for again in each
 * new epoch. Whoever keeps `server` and `id` can have the handle again by `resumeTask`, after a restart of the host too.
 *
 * Nothing is asked, and no timer runs, while nobody waits for `result` or `updates`. A handle needs no end. When its
 * server is removed, or the supervisor closed, all of it rejects at once, saying so.
 *
 * **Errors** `CallError` with the outcome `unknown`, as long as the server does not say more: `TASK_UNKNOWN` when the
 * server does not know it, because it lost its tasks or ended this one's time; `TASK_EXPIRED` when its time is over and
 * it has not ended; those of `callTool`. The handle can be asked again after each of them.
 */
export interface Task {
  readonly server: string;
  /** Names it on its server; nothing where the server answered at once, without a task. May give access: keep it like a secret. */
  readonly id: string | undefined;
  /** Ask for its state, once. */
  status(options?: CallOptions): Promise<TaskState>;
  /**
   * Wait for its end, and resolve with the result of the tool. What the task asks for meanwhile is answered by the
   * handlers of the host.
   *
   * **Bounds** `timeoutMs`, default none: it waits for as long as the server keeps the task, at most a day where that has
   * no end. The deadline stands still while a person answers. **Errors** `TASK_CANCELLED`; `SERVER_ERROR` when the call
   * itself failed; `CALL_TIMEOUT`. **Cancels** aborting ends the wait, not the task.
   */
  result(options?: Pick<CallOptions, 'timeoutMs' | 'signal'>): Promise<CallToolResult>;
  /**
   * Ask the server to cancel it, and resolve with its state after that: it may go on, or have ended before.
   *
   * **Errors** `CAPABILITY_MISSING` where the server cancels no tasks.
   */
  cancel(options?: CallOptions): Promise<TaskState>;
  /**
   * Its state now and after each change, to its end. What a slow consumer has not taken is replaced by what is newer.
   *
   * **Cancels** leaving the loop, or aborting, which rejects with `CALL_ABORTED`.
   */
  updates(options?: Pick<CallOptions, 'signal'>): AsyncIterableIterator<TaskState, undefined>;
}

/** The part of a task that is shown. */
export function stateOf({ status, message, createdAt, updatedAt, ttlMs }: RemoteTask): TaskState {
  return { status, message, createdAt, updatedAt, ttlMs };
}
