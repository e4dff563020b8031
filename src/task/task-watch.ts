/**
 * Looks at one task again and again, for as long as somebody waits for it: one look and one timer at a time, however
 * many wait. It goes through the gate like any request, so it waits while its server comes back and goes on in the next
 * epoch. What the server tells by itself only shortens a pause.
 */

import { setMaxListeners } from 'node:events';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import type { RequestTarget } from '../call/request-target.ts';
import type { Requester } from '../call/requester.ts';
import type { ResultVerifier } from '../call/result-verification.ts';
import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { CallError } from '../errors.ts';
import { isOver, type RemoteTask } from '../link/remote-task.ts';
import { sleep } from '../policy/deadline.ts';
import { endsAtMs, pauseMs } from './pace.ts';
import { Questions } from './questions.ts';
import { lookError, saysNothing, saysUnknown, taskError } from './task-failure.ts';

/** Which task is looked at, and through what. */
export interface WatchedTask {
  readonly clock: Clock;
  readonly requester: Requester;
  readonly target: RequestTarget;
  readonly id: string;
  /** Checks its result, where its tool is known and declares what that looks like. */
  readonly verify?: ResultVerifier | undefined;
}

/** Somebody who waits. Neither may throw. */
export interface Watcher {
  seen(task: RemoteTask): void;
  failed(error: unknown): void;
}

/** The looks at one task. */
export class TaskWatch {
  /** What was last seen. */
  latest: RemoteTask | undefined;
  readonly #task: WatchedTask;
  readonly #watchers = new Set<Watcher>();
  readonly #questions: Questions;
  #firstSeenAtMs: number | undefined;
  #lookedAtMs: number | undefined;
  #looks = 0;
  #waitedSinceMs = 0;
  #running: AbortController | undefined;
  #wake: () => void = () => {};
  /** The result of a task whose server asks by itself, and only while somebody waits for that. */
  result: CallToolResult | undefined;
  #isAttended = false;

  constructor(task: WatchedTask, created?: RemoteTask) {
    const { requester, target, id } = task;
    this.#task = task;
    this.#questions = new Questions({
      answers: () => target.tasks.answers,
      epoch: () => target.gate.publication?.epoch,
      send: (key, answer, signal) => {
        const params = { taskId: id, inputResponses: { [key]: answer } };
        return requester
          .request(target, 'tasks/update', params, { signal, retry: 'always' })
          .finally(() => this.#wake());
      },
      refused: () => {
        // Without the answer it waits for ever.
        const cancelled = requester.request(target, 'tasks/cancel', { taskId: id }, { retry: 'always' });
        cancelled.catch(() => {}).finally(() => this.#wake());
      },
    });
    if (created !== undefined) this.took(created);
  }

  /** Its state was seen. */
  took(task: RemoteTask): void {
    const nowMs = this.#task.clock.monotonic();
    // What arrives late says nothing against its end.
    if (this.latest !== undefined && isOver(this.latest)) return;
    this.#firstSeenAtMs ??= nowMs;
    this.#lookedAtMs = nowMs;
    this.latest = task;
    for (const watcher of [...this.#watchers]) watcher.seen(task);
    if (isOver(task)) this.#wake();
  }

  /** Be told of each state, until the task is over or cannot be looked at. Returns how to stop. */
  watch(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    if (this.#running === undefined) void this.#run();
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#running?.abort();
    };
  }

  async #run(): Promise<void> {
    const controller = new AbortController();
    this.#running = controller;
    // Each question that is being answered listens to it, and there may be as many as a task may ask.
    setMaxListeners(0, controller.signal);
    const { target, id } = this.#task;
    const about = { server: target.plan.name, taskId: id };
    const leave = target.tasks.join(id, {
      told: () => this.#wake(),
      ended: (error) => this.#fail(lookError(error, about)),
    });
    try {
      await this.#look(controller.signal);
    } catch (error) {
      if (!controller.signal.aborted) this.#fail(lookError(error, about));
    } finally {
      leave();
      controller.abort();
      if (this.#running === controller) this.#running = undefined;
    }
    // Somebody may have come while the last one left.
    if (this.#running === undefined && this.#watchers.size > 0 && !this.#isOver) void this.#run();
  }

  get #isOver(): boolean {
    return this.latest !== undefined && isOver(this.latest);
  }

  async #look(signal: AbortSignal): Promise<void> {
    const { clock } = this.#task;
    let failures = 0;
    this.#looks = 0;
    this.#waitedSinceMs = clock.monotonic();
    while (!this.#isOver) {
      await this.#pause(signal);
      if (this.#isOver) return;
      const isLast = this.latest !== undefined && clock.monotonic() >= this.#endsAtMs;
      try {
        this.took(await this.#ask(signal));
        failures = 0;
      } catch (error) {
        failures += 1;
        this.#lookedAtMs = clock.monotonic();
        if (signal.aborted || isLast || saysUnknown(error) || !saysNothing(error)) throw error;
        if (failures >= DEFAULTS.maxTaskPollFailures) throw error;
      }
      this.#looks += 1;
      this.#attend(signal);
      if (isLast && !this.#isOver) throw this.#expired();
    }
  }

  /** A look at a server that is away waits for it; one that was sent and is not answered is given up. */
  async #ask(signal: AbortSignal): Promise<RemoteTask> {
    const { clock, requester, target, id } = this.#task;
    const patienceMs = target.plan.callTimeoutMs;
    const leftMs = this.#endsAtMs - clock.monotonic();
    const options = { timeoutMs: Math.max(leftMs, patienceMs), idleTimeoutMs: patienceMs, signal };
    return await requester.request(target, 'tasks/get', { taskId: id }, options);
  }

  get #endsAtMs(): number {
    return endsAtMs(this.latest?.ttlMs ?? null, this.#firstSeenAtMs ?? this.#waitedSinceMs, this.#waitedSinceMs);
  }

  /** Whoever has not seen it yet looks at once. No hint, however many there are, makes a pause shorter than the least. */
  async #pause(signal: AbortSignal): Promise<void> {
    const { clock } = this.#task;
    if (this.#lookedAtMs === undefined) return;
    let isTold = false;
    const woken = new AbortController();
    this.#wake = () => {
      isTold = true;
      woken.abort();
    };
    const dueAtMs = this.#lookedAtMs + pauseMs(this.latest ?? {}, this.#looks);
    const delayMs = Math.min(dueAtMs, this.#endsAtMs) - clock.monotonic();
    const leastMs = Math.min(delayMs, this.#lookedAtMs + DEFAULTS.taskPollFloorMs - clock.monotonic());
    if (leastMs > 0) await sleep(clock, leastMs, signal);
    const restMs = Math.min(dueAtMs, this.#endsAtMs) - clock.monotonic();
    if (isTold || restMs <= 0) return;
    const wake = () => woken.abort();
    signal.addEventListener('abort', wake, { once: true });
    try {
      await sleep(clock, restMs, woken.signal).catch(() => {});
      signal.throwIfAborted();
    } finally {
      signal.removeEventListener('abort', wake);
    }
  }

  /** Give the task what it asks for: it shows its questions, or its server asks by itself while we wait for the result. */
  #attend(signal: AbortSignal): void {
    const { latest } = this;
    if (latest?.status !== 'input_required') return;
    if (latest.questions !== undefined) {
      this.#questions.take(latest.questions, signal);
      return;
    }
    if (this.#isAttended) return;
    this.#isAttended = true;
    const { requester, target, id, clock } = this.#task;
    const options = { timeoutMs: Math.max(this.#endsAtMs - clock.monotonic(), target.plan.callTimeoutMs), signal };
    // How it ends is seen in the next state, which says as well whether the server has to be waited for again.
    void requester
      .request(target, 'tasks/result', { taskId: id }, options)
      .then((result) => {
        this.result = result;
      })
      .catch(() => {})
      .finally(() => {
        this.#isAttended = false;
        this.#wake();
      });
  }

  #expired(): CallError {
    const { target, id } = this.#task;
    const about = { server: target.plan.name, epoch: target.gate.publication?.epoch, taskId: id };
    return taskError('TASK_EXPIRED', about, 'has not ended in the time for which it is kept');
  }

  #fail(error: unknown): void {
    const watchers = [...this.#watchers];
    this.#watchers.clear();
    this.#running?.abort();
    for (const watcher of watchers) watcher.failed(error);
  }
}
