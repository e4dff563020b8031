/** The handle of a call that its server answered at once although it was to be a task: nothing is left to wait for. */

import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { Task, TaskState } from './task.ts';

const COMPLETED: TaskState = { status: 'completed', ttlMs: null };

/** A call that was answered at once. */
export class AnsweredTask implements Task {
  readonly server: string;
  readonly id = undefined;
  readonly #result: CallToolResult;

  constructor(server: string, result: CallToolResult) {
    this.server = server;
    this.#result = result;
  }

  async status(): Promise<TaskState> {
    return COMPLETED;
  }

  async result(): Promise<CallToolResult> {
    return this.#result;
  }

  async cancel(): Promise<TaskState> {
    return COMPLETED;
  }

  async *updates(): AsyncGenerator<TaskState, undefined> {
    yield COMPLETED;
    return undefined;
  }
}
