/** The states of a task as a stream for one consumer: the newest that it has not taken, so nothing piles up. */

import { isOver, type RemoteTask } from '../link/remote-task.ts';
import { stateOf, type TaskState } from './task.ts';
import type { TaskWatch } from './task-watch.ts';

/** The states of one task, from now on. */
export class TaskUpdates implements AsyncIterableIterator<TaskState, undefined> {
  readonly #watch: TaskWatch;
  readonly #signal: AbortSignal | undefined;
  readonly #aborted: () => unknown;
  #leave: (() => void) | undefined;
  #told: RemoteTask | undefined;
  #newest: RemoteTask | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isDone = false;
  #wake: () => void = () => {};

  constructor(watch: TaskWatch, signal: AbortSignal | undefined, aborted: () => unknown) {
    this.#watch = watch;
    this.#signal = signal;
    this.#aborted = aborted;
  }

  async next(): Promise<IteratorResult<TaskState, undefined>> {
    this.#begin();
    for (;;) {
      if (this.#isDone) return { done: true, value: undefined };
      const newest = this.#newest;
      if (newest !== undefined) {
        this.#newest = undefined;
        this.#told = newest;
        if (isOver(newest)) this.#end();
        return { done: false, value: stateOf(newest) };
      }
      const failure = this.#failure;
      if (failure !== undefined) {
        this.#end();
        throw failure.error;
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async return(): Promise<IteratorResult<TaskState, undefined>> {
    this.#end();
    return { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #begin(): void {
    if (this.#leave !== undefined || this.#isDone) return;
    this.#leave = () => {};
    if (this.#signal?.aborted) return this.#abort();
    this.#signal?.addEventListener('abort', this.#abort, { once: true });
    const { latest } = this.#watch;
    if (latest !== undefined) this.#take(latest);
    if (latest !== undefined && isOver(latest)) return;
    this.#leave = this.#watch.watch({
      seen: (task) => this.#take(task),
      failed: (error) => this.#fail(error),
    });
  }

  readonly #abort = (): void => this.#fail(this.#aborted());

  #take(task: RemoteTask): void {
    const known = this.#newest ?? this.#told;
    if (known?.status === task.status && known.message === task.message && known.updatedAt === task.updatedAt) return;
    this.#newest = task;
    this.#wake();
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#wake();
  }

  #end(): void {
    this.#isDone = true;
    this.#signal?.removeEventListener('abort', this.#abort);
    this.#leave?.();
    this.#wake();
  }
}
