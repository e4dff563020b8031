/**
 * The tasks of the scripted server, in both eras: calls of the tool `job`. What a task is follows from its record and from
 * the time alone, so a server that keeps its records in a file knows its tasks in its next life.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const RELATED = 'io.modelcontextprotocol/related-task';

/** What servers say of tasks in the handshake. */
export const TASKS_EXTENSION = 'io.modelcontextprotocol/tasks';

export class Tasks {
  #records = new Map();
  #changed = new Set();

  constructor(stage) {
    this.stage = stage;
    const { file } = this.#options ?? {};
    if (file === undefined || !existsSync(file)) return;
    for (const record of JSON.parse(readFileSync(file, 'utf8'))) this.#records.set(record.taskId, record);
  }

  /** The tool, as a list of tools shows it. */
  get tools() {
    if (this.#options === undefined) return [];
    const { support = 'optional', outputSchema } = this.#options;
    const execution = this.#isModern ? {} : { execution: { taskSupport: support } };
    const inputSchema = { type: 'object' };
    return [{ name: 'job', description: 'Run as a task', inputSchema, outputSchema, ...execution }];
  }

  /** What the handshake says of them. */
  get capability() {
    if (this.#options === undefined) return {};
    if (this.#isModern) return { extensions: { [TASKS_EXTENSION]: {} } };
    return { tasks: { list: {}, cancel: {}, requests: { tools: { call: {} } } } };
  }

  /** Begin a task. */
  begin({ ms, text = 'done', structured, ask, status = 'completed', error }) {
    const { life } = this.stage.journal;
    const record = {
      taskId: `task-${life}-${this.#records.size + 1}`,
      ms,
      text,
      structured,
      ask,
      status,
      error,
      begunAtMs: Date.now(),
    };
    this.#records.set(record.taskId, record);
    this.#keep();
    this.stage.journal.write('task-begun', { taskId: record.taskId });
    return record;
  }

  /** End every task that waits to be ended, and tell of each where that is wanted. */
  end({ notify = false }) {
    for (const record of this.#records.values()) {
      if (this.#isOver(record)) continue;
      record.isEnded = true;
      this.#changedNow(record, notify);
    }
  }

  /** Answer a request about tasks; `undefined` for one about something else. */
  async answer(method, { taskId, inputResponses }, conversation, channel, signal) {
    if (this.#options === undefined || !method.startsWith('tasks/')) return undefined;
    if (method === 'tasks/list' && !this.#isModern) {
      return { result: { tasks: [...this.#records.values()].map((each) => this.stateOf(each)) } };
    }
    const record = this.#records.get(taskId);
    if (record === undefined) return { error: { code: -32602, message: 'Failed to retrieve task: Task not found' } };
    switch (method) {
      case 'tasks/get':
        return {
          result: this.#isModern ? { ...this.stateOf(record), ...this.#payloadOf(record) } : this.stateOf(record),
        };
      case 'tasks/cancel':
        if (this.#isOver(record)) return { error: { code: -32602, message: 'the task is over' } };
        record.isCancelled = true;
        this.#changedNow(record, false);
        this.stage.journal.write('task-cancelled', { taskId });
        return { result: this.#isModern ? {} : this.stateOf(record) };
      case 'tasks/update':
        this.stage.journal.write('task-answered', { taskId, arguments: inputResponses });
        if (inputResponses?.it !== undefined) record.answer ??= inputResponses.it;
        this.#changedNow(record, false);
        return { result: {} };
      case 'tasks/result':
        return this.#isModern ? undefined : await this.#resultOf(record, conversation, channel, signal);
      default:
        return undefined;
    }
  }

  /** A record as its era says it. */
  stateOf(record) {
    const { ttlMs = null, pollIntervalMs } = this.#options;
    const at = new Date(record.begunAtMs).toISOString();
    const state = { taskId: record.taskId, status: this.#statusOf(record), createdAt: at, lastUpdatedAt: at };
    if (this.#isModern) return { ...state, ttlMs, ...(pollIntervalMs === undefined ? {} : { pollIntervalMs }) };
    return { ...state, ttl: ttlMs, ...(pollIntervalMs === undefined ? {} : { pollInterval: pollIntervalMs }) };
  }

  get #options() {
    return this.stage.behaviour.options.tasks;
  }

  get #isModern() {
    return this.stage.behaviour.options.era === 'discover';
  }

  #isAsking({ ask, answer }) {
    return ask !== undefined && answer === undefined;
  }

  #isOver(record) {
    if (record.isCancelled || record.isEnded) return true;
    return !this.#isAsking(record) && record.ms !== undefined && Date.now() >= record.begunAtMs + record.ms;
  }

  #statusOf(record) {
    if (record.isCancelled) return 'cancelled';
    if (this.#isOver(record)) return record.status;
    return this.#isAsking(record) ? 'input_required' : 'working';
  }

  #outcomeOf({ text, structured, answer, error }) {
    if (error !== undefined) return { error };
    const content = [{ type: 'text', text: answer === undefined ? text : JSON.stringify(answer) }];
    return { result: { content, structuredContent: structured } };
  }

  /** What a state of revision 2026-07-28 holds beside itself. */
  #payloadOf(record) {
    const status = this.#statusOf(record);
    if (status === 'input_required') return { inputRequests: { it: record.ask } };
    return status === 'completed' || status === 'failed' ? this.#outcomeOf(record) : {};
  }

  /** The result, when there is one; what the task asks for is asked meanwhile. */
  async #resultOf(record, conversation, channel, signal) {
    const _meta = { [RELATED]: { taskId: record.taskId } };
    if (this.#isAsking(record)) {
      const { method, params } = record.ask;
      const reply = await conversation.ask(method, { ...params, _meta }, channel);
      record.answer = reply.result ?? reply;
      this.#changedNow(record, false);
    }
    while (!this.#isOver(record) && !signal.aborted) await this.#change(record, signal);
    const { result, error } = this.#outcomeOf(record);
    return error === undefined ? { result: { ...result, _meta } } : { error };
  }

  /** The next change of a task, or the end of its time. */
  #change({ begunAtMs, ms }, signal) {
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, begunAtMs + ms - Date.now());
      const changed = () => {
        clearTimeout(timer);
        this.#changed.delete(changed);
        resolve();
      };
      this.#changed.add(changed);
      signal.addEventListener('abort', changed);
    });
  }

  #changedNow(record, notify) {
    this.#keep();
    for (const changed of [...this.#changed]) changed();
    if (!notify) return;
    const method = this.#isModern ? 'notifications/tasks' : 'notifications/tasks/status';
    this.stage.notify(method, this.stateOf(record));
  }

  #keep() {
    const { file } = this.#options;
    if (file !== undefined) writeFileSync(file, JSON.stringify([...this.#records.values()]));
  }
}
