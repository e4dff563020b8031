/**
 * What a server of the discover era says unasked comes on a subscription, which may end at any time. It is opened again,
 * within bounds, and after each gap whoever listens is told of all that it may have missed.
 */

import type { Clock } from '../clock.ts';
import type { Fault } from '../fault.ts';
import { sleep } from '../policy/deadline.ts';
import { RequestError } from './link.ts';

/** What is subscribed to. */
export interface ChangeFilter {
  toolsListChanged?: true;
  promptsListChanged?: true;
  resourcesListChanged?: true;
  resourceSubscriptions?: string[];
  /** Source: SEP-2663, "Task Status Notifications". */
  taskIds?: string[];
}

/** The lists of what is subscribed to. */
export type ListFilter = Omit<ChangeFilter, 'resourceSubscriptions'>;

/** A subscription that the server acknowledged. */
export interface ChangeSubscription {
  readonly honored: readonly string[];
  readonly closed: Promise<unknown>;
  close(): Promise<void>;
}

/** What the stream is made of. */
export interface ChangeStreamSetup {
  readonly clock: Clock;
  /** Subscribe; resolves when the server acknowledged it. Rejects with `RequestError`. */
  readonly listen: (filter: ChangeFilter) => Promise<ChangeSubscription>;
  /** Changes may have been missed. */
  readonly missed: (filter: ChangeFilter) => void;
  /** The server cannot be reached any more. */
  readonly lost: (fault: Fault) => void;
}

/** Wait before a subscription that ended is opened again; grows by half each time, and shrinks by a long life. */
const REOPEN_DELAY_MS = 1_000;
const REOPEN_GROWTH = 1.5;
const MAX_REOPEN_DELAY_MS = 30_000;
/** A subscription that lived so long ended for a reason of its own. */
const LONG_LIFE_MS = 60_000;
/** Failures in a row to reach the server that end the link. */
const MAX_FAILURES = 2;

/** Tasks whose changes are listened to; of others nothing is heard, and they are asked for. */
const MAX_TASKS = 64;

/** Somebody who wants to know whether the changes of a resource are told. */
interface Waiting {
  readonly uri: string;
  readonly settle: (failure: RequestError | undefined) => void;
}

/** Keeps one subscription open for as long as there is something to listen to. */
export class ChangeStream {
  readonly #setup: ChangeStreamSetup;
  readonly #controller = new AbortController();
  readonly #uris = new Set<string>();
  #lists: ListFilter = {};
  readonly #taskIds = new Set<string>();
  /** The server does not take a subscription with tasks in it. */
  #refusesTasks = false;
  #isRunning = false;
  /** Counts what was subscribed to, so that a subscription that is being opened knows whether it is the last word. */
  #revision = 0;
  #wake: () => void = () => {};
  #waiting: Waiting[] = [];
  #current: ChangeSubscription | undefined;
  #isGap = false;
  #failures = 0;
  #delays = 0;

  constructor(setup: ChangeStreamSetup) {
    this.#setup = setup;
  }

  /** Listen to changes of these lists. */
  listenTo(lists: ListFilter): void {
    if (Object.keys(lists).length === 0) return;
    this.#lists = lists;
    this.#change();
  }

  /** Listen to changes of a resource; resolves when the server acknowledged it. Rejects with `RequestError`. */
  subscribe(uri: string): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#isOver) return reject(new RequestError({ kind: 'aborted' }));
      this.#waiting.push({ uri, settle: (failure) => (failure === undefined ? resolve() : reject(failure)) });
      this.#uris.add(uri);
      this.#change();
    });
  }

  unsubscribe(uri: string): void {
    if (this.#uris.delete(uri)) this.#change();
  }

  /** Listen to changes of a task, as well as that goes: what is told of it is but a hint. */
  followTask(id: string): void {
    if (this.#refusesTasks || this.#taskIds.has(id) || this.#taskIds.size >= MAX_TASKS) return;
    this.#taskIds.add(id);
    this.#change();
  }

  /** A task is over. A subscription to more than tasks stays as it is: another costs more than what is still told. */
  unfollowTask(id: string): void {
    if (this.#taskIds.delete(id) && this.#filter === undefined) this.#change();
  }

  /** Listen to nothing any more. */
  stop(): void {
    this.#controller.abort();
    this.#settle(() => new RequestError({ kind: 'aborted' }));
    this.#wake();
  }

  get #isOver(): boolean {
    return this.#controller.signal.aborted;
  }

  get #filter(): ChangeFilter | undefined {
    const isNothing = Object.keys(this.#lists).length === 0 && this.#uris.size === 0 && this.#taskIds.size === 0;
    if (isNothing) return undefined;
    return {
      ...this.#lists,
      ...(this.#uris.size === 0 ? undefined : { resourceSubscriptions: [...this.#uris] }),
      ...(this.#taskIds.size === 0 ? undefined : { taskIds: [...this.#taskIds] }),
    };
  }

  #change(): void {
    this.#revision += 1;
    this.#wake();
    if (!this.#isRunning && !this.#isOver) void this.#run();
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    // Whoever subscribes to much in one turn wants one subscription.
    await Promise.resolve();
    for (;;) {
      const revision = this.#revision;
      const filter = this.#filter;
      if (this.#isOver || filter === undefined) break;
      const openedAtMs = this.#setup.clock.monotonic();
      const failure = await this.#open(filter);
      // A server that refuses is not asked again before there is something else to subscribe to.
      if (failure === 'without-tasks') continue;
      if (failure === 'refused' && this.#current === undefined) break;
      if (failure !== 'lost' && (await this.#isChanged(failure === undefined ? revision : this.#revision))) continue;
      if (this.#isOver) break;
      this.#current = undefined;
      this.#isGap = true;
      await this.#pause(this.#setup.clock.monotonic() - openedAtMs);
    }
    void this.#current?.close();
    this.#current = undefined;
    this.#isRunning = false;
  }

  /** Subscribe anew. What was subscribed to before ends after that, so that nothing falls between the two. */
  async #open(filter: ChangeFilter): Promise<'refused' | 'without-tasks' | 'lost' | undefined> {
    try {
      const next = await this.#setup.listen(filter);
      void this.#current?.close();
      this.#current = next;
      this.#failures = 0;
      if (this.#isGap) this.#setup.missed(filter);
      this.#isGap = false;
      this.#acknowledge(next, filter);
      return undefined;
    } catch (error) {
      if (this.#isOver) return 'lost';
      const failure = error instanceof RequestError ? error : new RequestError({ kind: 'aborted' });
      const isRefused = failure.failure.kind !== 'fault' || failure.failure.outcome === 'refused';
      if (isRefused && filter.taskIds !== undefined) {
        // It may be for the tasks, which can be asked for: what else is listened to must not end with them.
        this.#refusesTasks = true;
        this.#taskIds.clear();
        return 'without-tasks';
      }
      this.#settle(() => failure);
      if (isRefused) return 'refused';
      this.#failures += 1;
      if (this.#failures >= MAX_FAILURES) this.#setup.lost({ kind: 'stream-ended' });
      return 'lost';
    }
  }

  #acknowledge({ honored }: ChangeSubscription, { resourceSubscriptions = [] }: ChangeFilter): void {
    this.#settle(({ uri }) => {
      // Not asked for by this subscription: the next one decides.
      if (!resourceSubscriptions.includes(uri)) return 'later';
      return honored.includes(uri) ? undefined : refused(uri);
    });
  }

  #settle(how: (waiting: { readonly uri: string }) => RequestError | 'later' | undefined): void {
    const left: Waiting[] = [];
    for (const waiting of this.#waiting) {
      const failure = how(waiting);
      if (failure === 'later') left.push(waiting);
      else {
        if (failure !== undefined) this.#uris.delete(waiting.uri);
        waiting.settle(failure);
      }
    }
    this.#waiting = left;
  }

  /** Wait for the end of the subscription; true when something else is to be subscribed to before that. */
  async #isChanged(revision: number): Promise<boolean> {
    const isOther = () => this.#revision !== revision || this.#isOver;
    if (isOther()) return true;
    const changed = new Promise<boolean>((resolve) => {
      this.#wake = () => resolve(true);
    });
    return (await Promise.race([changed, this.#current?.closed.then(() => isOther())])) ?? true;
  }

  /** Wait before it is opened again, unless something is subscribed to meanwhile. */
  async #pause(livedMs: number): Promise<void> {
    this.#delays = livedMs > LONG_LIFE_MS ? 0 : this.#delays + 1;
    const delayMs = REOPEN_DELAY_MS * REOPEN_GROWTH ** Math.max(0, this.#delays - 1);
    const own = new AbortController();
    this.#wake = () => own.abort();
    await sleep(this.#setup.clock, Math.min(delayMs, MAX_REOPEN_DELAY_MS), own.signal).catch(() => {});
  }
}

/** What a server means by leaving a resource out of what it acknowledges. */
function refused(uri: string): RequestError {
  return new RequestError({ kind: 'server-error', code: -32_602, message: `no changes of ${uri} are told` });
}
