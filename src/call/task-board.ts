/**
 * Where those who wait for tasks of one server meet what happens to it: the server says that a task changed, it is
 * removed, and the epoch that serves says who answers for the host.
 */

import type { CallError } from '../errors.ts';
import type { SessionObserver } from '../link/link.ts';

/** Somebody who waits for a task. */
export interface TaskWaiter {
  /** The server says that the task changed: it is a hint, no more. */
  told(): void;
  /** Nothing of the server can be known any more. */
  ended(error: CallError): void;
}

/** The tasks of one server that are waited for. */
export class TaskBoard {
  /** Who answers what a task of the epoch that serves asks for. */
  answers: SessionObserver | undefined;
  readonly #waiters = new Map<string, Set<TaskWaiter>>();
  #over: (() => CallError) | undefined;

  /** Wait for a task, which may end at once. Returns how to stop. */
  join(id: string, waiter: TaskWaiter): () => void {
    if (this.#over !== undefined) {
      waiter.ended(this.#over());
      return () => {};
    }
    const waiters = this.#waiters.get(id) ?? new Set();
    this.#waiters.set(id, waiters.add(waiter));
    return () => {
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(id) === waiters) this.#waiters.delete(id);
    };
  }

  /** The server says that a task changed. Untrusted: it may be one that nobody waits for. */
  told(id: string): void {
    for (const waiter of this.#waiters.get(id) ?? []) waiter.told();
  }

  /** The server is removed, or its supervisor closed: nobody waits any more. */
  shut(error: () => CallError): void {
    this.#over = error;
    for (const waiters of [...this.#waiters.values()]) for (const waiter of [...waiters]) waiter.ended(error());
  }
}
