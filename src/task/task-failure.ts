/** What is said of a task that cannot be waited for, or that has no result. */

import { CallError, type ErrorCode } from '../errors.ts';

/** JSON-RPC codes with which a server says that it does not know a task, or no tasks at all. */
const UNKNOWN_CODES: readonly (number | undefined)[] = [-32_602, -32_601];

/** Codes of looks that failed in passing. */
const EMPTY_CODES: readonly ErrorCode[] = [
  'SERVER_ERROR',
  'REPLY_INVALID',
  'CALL_TIMEOUT',
  'CALL_REFUSED',
  'CONNECTION_LOST',
  'QUEUE_FULL',
];

/** Which task. */
export interface FailedTask {
  readonly server: string;
  readonly epoch?: number | undefined;
  readonly taskId: string;
}

/** Whether a server says by this that it does not know the task it was asked for. */
export function saysUnknown(error: unknown): boolean {
  return error instanceof CallError && error.code === 'SERVER_ERROR' && UNKNOWN_CODES.includes(error.rpcCode);
}

/** Whether a look failed in a way that says nothing of the task, so that the next may tell. */
export function saysNothing(error: unknown): boolean {
  return error instanceof CallError && EMPTY_CODES.includes(error.code);
}

/** Make an error of a task. */
export function taskError(
  code: Extract<ErrorCode, `TASK_${string}` | 'CALL_ABORTED' | 'CALL_TIMEOUT'>,
  task: FailedTask,
  what: string,
  cause?: unknown,
): CallError {
  // A task that was cancelled has ended, and what it did until then it did.
  const outcome = code === 'TASK_CANCELLED' ? 'failed-by-server' : 'unknown';
  return new CallError(code, `the task on '${task.server}' ${what}`, { ...task, outcome, cause });
}

/**
 * What a failed look means for the task: whatever became of the look, the task was begun, and what it does is unknown.
 * Anything but a `CallError` is passed on as it is.
 */
export function lookError(error: unknown, task: FailedTask): unknown {
  if (!(error instanceof CallError) || error.taskId !== undefined) return error;
  const about = { ...task, epoch: error.epoch };
  if (saysUnknown(error)) return taskError('TASK_UNKNOWN', about, 'is not known there, or not any more', error);
  return ofTask(error, task.taskId, 'unknown');
}

/** The same error, of a task. */
export function ofTask(error: CallError, taskId: string, outcome = error.outcome): CallError {
  const { code, message, server, epoch, cause, fault, state, retryInMs, attempts, rpcCode, rpcMessage, rpcData } =
    error;
  const about = { server, epoch, cause, fault, state, retryInMs, attempts, rpcCode, rpcMessage, rpcData };
  return new CallError(code, message, { ...about, taskId, outcome });
}
