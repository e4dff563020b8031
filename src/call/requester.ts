/**
 * The one path of all requests. On a ready connection a call is a look-up, a gate check and one direct call on the
 * link; only a failure that may be repeated enters the repetition, which p-retry drives. One deadline covers
 * waiting, connecting, repeating and the request itself.
 */

import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import pRetry, { AbortError } from 'p-retry';
import { type Clock, MAX_TIMER_MS, type Random } from '../clock.ts';
import type { SupervisionPlan } from '../config/effective.ts';
import type { Publication } from '../connection/publication.ts';
import { CallError } from '../errors.ts';
import type { Outcome } from '../fault.ts';
import type { RequestMethod, RequestShapes } from '../link/requests.ts';
import { sleep } from '../policy/deadline.ts';
import { mayRepeat, repeatDelayMs } from '../policy/replay.ts';
import {
  abortedError,
  callError,
  type FailedRequest,
  fullError,
  lateError,
  uncertainError,
  unturnedError,
  waitedError,
} from './failure.ts';
import type { Gate } from './gate.ts';
import { PausableDeadline } from './pausable-deadline.ts';
import type { Situation } from './situation.ts';
import type { Slots } from './slots.ts';
import type { Standstill } from './standstill.ts';

/** What a caller may set for one call. */
export interface CallOptions {
  /**
   * One deadline for waiting, connecting, repeating and the call, in milliseconds. Default: the server's
   * `callTimeoutMs`. Progress does not extend it; it stands still while a person answers a question of the server.
   */
  readonly timeoutMs?: number | undefined;
  /**
   * How long the server may give neither a reply nor progress once the call was sent, in milliseconds; it stands still
   * likewise. Then the call fails with `CALL_TIMEOUT`, its outcome unknown. Default: no bound but the deadline.
   */
  readonly idleTimeoutMs?: number | undefined;
  /** Cancels: in the queue, in the pause before a repetition, and on the wire. */
  readonly signal?: AbortSignal | undefined;
  /**
   * When a failed call is sent again. `safe` (default): when that cannot run it twice, or a `trusted` server's hints say
   * that running it twice does no harm. `never`. `always`: also when its outcome is unknown; the caller answers for it.
   */
  readonly retry?: 'safe' | 'never' | 'always' | undefined;
  /** Called with each progress notification of the server. What it throws is dropped. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** A request failed in a way that allows to send it again, and will be. */
export interface CallRetried {
  readonly type: 'call.retried';
  readonly server: string;
  /** The epoch that could not serve it; 0 when none did. */
  readonly epoch: number;
  readonly atMs: number;
  readonly method: string;
  /** The attempt that failed, counted from 1. */
  readonly attempt: number;
  /** What is known about its execution. */
  readonly outcome: Outcome;
  /** The pause before the next one, in milliseconds. */
  readonly delayMs: number;
}

/** What requests are made with. */
export interface RequesterContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether a server's own hints say that running this tool twice does no harm. Asked only when a call failed. */
  readonly isHarmless: (server: string, tool: string) => boolean;
  /** Told before the pause of each repetition. Must not throw. */
  readonly retried: (event: CallRetried) => void;
  /** Whether servers may ask a person, so that deadlines may have to stand still. */
  readonly mayAsk: boolean;
}

/** A server, as requests see it. */
export interface RequestTarget {
  readonly gate: Gate;
  readonly plan: SupervisionPlan;
  readonly slots: Slots;
  readonly standstill: Standstill;
  /** Calls that are not answered yet, in the order in which they were made. */
  readonly unanswered: Set<UnansweredCall>;
  /** What the server is doing; asked only when a call fails. */
  situation(): Situation;
}

/** A call that was made and is not answered. */
export interface UnansweredCall {
  /** On the monotonic clock. */
  readonly startedAtMs: number;
}

/** Repetitions of one request that p-retry may drive; its deadline ends most of them earlier. */
const MAX_REPETITIONS = 100;

interface Work<M extends RequestMethod> extends UnansweredCall {
  readonly target: RequestTarget;
  readonly method: M;
  readonly params: RequestShapes[M]['params'];
  readonly retry: 'safe' | 'never' | 'always';
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** In the place of `deadlineMs`, where the deadline may stand still. */
  readonly deadline: PausableDeadline | undefined;
}

/** Sends requests through the gates of servers. */
export class Requester {
  readonly #context: RequesterContext;

  constructor(context: RequesterContext) {
    this.#context = context;
  }

  /** Send one request. Rejects with `CallError`. */
  request<M extends RequestMethod>(
    target: RequestTarget,
    method: M,
    params: RequestShapes[M]['params'],
    options: CallOptions = {},
  ): Promise<RequestShapes[M]['result']> {
    const timeoutMs = Math.min(options.timeoutMs ?? target.plan.callTimeoutMs, MAX_TIMER_MS);
    const startedAtMs = this.#context.clock.monotonic();
    const { signal, idleTimeoutMs } = options;
    const isPausable = this.#context.mayAsk || idleTimeoutMs !== undefined;
    const deadline = isPausable
      ? new PausableDeadline(this.#context.clock, target.standstill, { timeoutMs, idleTimeoutMs, signal })
      : undefined;
    const work: Work<M> = {
      target,
      method,
      params,
      retry: options.retry ?? 'safe',
      signal: deadline?.signal ?? signal,
      onProgress: guarded(options.onProgress),
      timeoutMs,
      startedAtMs,
      deadlineMs: startedAtMs + timeoutMs,
      deadline,
    };
    return deadline === undefined ? this.#run(work) : this.#runWithin(deadline, work);
  }

  async #run<M extends RequestMethod>(work: Work<M>): Promise<RequestShapes[M]['result']> {
    const { unanswered } = work.target;
    unanswered.add(work);
    try {
      return await this.#attempt(work, 1);
    } catch (error) {
      if (!this.#mayRepeat(work, error)) throw error;
      return await this.#repeat(work, error);
    } finally {
      unanswered.delete(work);
    }
  }

  /** What the deadline ends looks like an abort to everybody below: only here both are known. */
  async #runWithin<M extends RequestMethod>(
    deadline: PausableDeadline,
    work: Work<M>,
  ): Promise<RequestShapes[M]['result']> {
    try {
      return await this.#run(work);
    } catch (error) {
      const { passedMs } = deadline;
      if (passedMs === undefined || !(error instanceof CallError) || error.code !== 'CALL_ABORTED') throw error;
      const about = { ...this.#about(work, error.attempts), epoch: error.epoch, timeoutMs: passedMs };
      throw lateError(about, error.outcome === 'not-sent' ? 'not-sent' : 'unknown');
    } finally {
      deadline.stop();
    }
  }

  async #attempt<M extends RequestMethod>(work: Work<M>, attempts: number): Promise<RequestShapes[M]['result']> {
    const { gate } = work.target;
    const published = gate.publication;
    const publication = published ?? (await this.#pass(work, attempts));
    let { slots } = work.target;
    const isInTime = slots.tryTake();
    if (!isInTime) slots = await this.#takeTurn(work, attempts);
    try {
      const isUndelayed = published !== undefined && isInTime && attempts === 1;
      // While it waited for its turn, another epoch may have come to serve.
      const serving = isInTime ? publication : (gate.publication ?? publication);
      return await this.#send(work, serving, attempts, isUndelayed);
    } finally {
      slots.release();
    }
  }

  async #send<M extends RequestMethod>(
    work: Work<M>,
    publication: Publication,
    attempts: number,
    isUndelayed: boolean,
  ): Promise<RequestShapes[M]['result']> {
    const timeoutMs = isUndelayed && work.deadline === undefined ? work.timeoutMs : this.#leftMs(work);
    const about = this.#about(work, attempts, publication);
    if (timeoutMs <= 0) throw lateError(about, 'not-sent');
    if (work.signal?.aborted) throw abortedError(about, 'not-sent', work.signal.reason);
    try {
      const result = await (work.deadline === undefined
        ? publication.link.request(work.method, work.params, {
            timeoutMs,
            signal: work.signal,
            onProgress: work.onProgress,
          })
        : this.#sendWithin(work.deadline, work, publication));
      publication.served();
      return result;
    } catch (error) {
      const failure = callError(error, about);
      if (failure instanceof CallError && failure.outcome === 'failed-by-server') publication.served();
      throw failure;
    }
  }

  /** The deadline aborts, so the link needs no timeout of its own; progress is asked for as the sign that it goes on. */
  async #sendWithin<M extends RequestMethod>(
    deadline: PausableDeadline,
    { method, params, onProgress }: Work<M>,
    { link }: Publication,
  ): Promise<RequestShapes[M]['result']> {
    const silence = deadline.sent();
    try {
      return await link.request(method, params, {
        timeoutMs: MAX_TIMER_MS,
        signal: deadline.signal,
        onProgress:
          silence === undefined
            ? onProgress
            : (progress) => {
                silence.restart();
                onProgress?.(progress);
              },
      });
    } finally {
      silence?.stop();
    }
  }

  /** What is left of the deadline, in milliseconds. */
  #leftMs<M extends RequestMethod>({ deadline, deadlineMs }: Work<M>): number {
    return deadline?.leftMs ?? deadlineMs - this.#context.clock.monotonic();
  }

  /** The first attempt failed: pause, try again, and so on, until the deadline. */
  async #repeat<M extends RequestMethod>(work: Work<M>, first: CallError): Promise<RequestShapes[M]['result']> {
    let error = first;
    let mayHaveRun = first.outcome === 'unknown';
    const repetition = pRetry(
      async (attempt) => {
        await this.#pause(work, attempt, error);
        return await this.#attempt(work, attempt + 1);
      },
      {
        retries: MAX_REPETITIONS,
        // The pauses are ours: on the injected clock, cancellable, and with the jitter after the cap.
        minTimeout: 0,
        maxTimeout: 0,
        shouldRetry: ({ error: failure }) => {
          if (!this.#mayRepeat(work, failure)) return false;
          error = failure;
          mayHaveRun ||= failure.outcome === 'unknown';
          return true;
        },
      },
    );
    // What the last attempt did not do, an earlier one may have done.
    return await repetition.catch((failure: unknown) => {
      throw mayHaveRun && failure instanceof CallError ? uncertainError(failure) : failure;
    });
  }

  async #pause<M extends RequestMethod>(work: Work<M>, attempt: number, error: CallError): Promise<void> {
    const { clock, random, retried } = this.#context;
    const delayMs = repeatDelayMs(work.target.plan.backoff, attempt, random, error.fault);
    // A pause that outlasts the deadline is not begun: the caller learns now what is known now.
    if (delayMs >= this.#leftMs(work)) throw new AbortError(error);
    const { name: server } = work.target.plan;
    const about = { server, epoch: error.epoch ?? 0, atMs: clock.now(), method: work.method };
    retried({ type: 'call.retried', ...about, attempt, outcome: error.outcome, delayMs });
    try {
      await sleep(clock, delayMs, work.signal);
    } catch {
      throw abortedError(this.#about(work, attempt), 'not-sent', error);
    }
  }

  #pass<M extends RequestMethod>(work: Work<M>, attempts: number): Promise<Publication> {
    const about = this.#about(work, attempts - 1);
    const late = () => waitedError(about, work.target.situation());
    return work.target.gate.pass({
      ...this.#wait(work, about, late),
      full: (waiting) => fullError(about, waiting, work.target.situation()),
    });
  }

  /** Wait for a slot, also where the server is replaced meanwhile. */
  async #takeTurn<M extends RequestMethod>(work: Work<M>, attempts: number): Promise<Slots> {
    const about = this.#about(work, attempts - 1);
    for (;;) {
      const { slots, plan } = work.target;
      const late = () => unturnedError(about, slots.takenCount);
      const hasSlot = await slots.take({
        ...this.#wait(work, about, late),
        full: () => fullError(about, plan.maxQueued, work.target.situation()),
      });
      if (hasSlot) return slots;
    }
  }

  /** A wait that ends with the deadline: by its own timer, or by the signal of a deadline that may stand still. */
  #wait<M extends RequestMethod>(
    { signal, deadline, deadlineMs }: Work<M>,
    about: FailedRequest,
    late: () => CallError,
  ) {
    return {
      timeoutMs: deadline === undefined ? deadlineMs - this.#context.clock.monotonic() : MAX_TIMER_MS,
      signal,
      late,
      aborted: () => (deadline?.passedMs === undefined ? abortedError(about, 'not-sent', signal?.reason) : late()),
    };
  }

  #mayRepeat<M extends RequestMethod>(work: Work<M>, error: unknown): error is CallError {
    if (!(error instanceof CallError) || error.fault === undefined || work.retry === 'never') return false;
    // What the gate says is final, whatever its fault: only a request that met a link is repeated.
    if (error.code !== 'CONNECTION_LOST' && error.code !== 'CALL_REFUSED') return false;
    const idempotent = work.retry === 'always' || this.#isHarmless(work);
    return mayRepeat(work.method, error.outcome, { fault: error.fault, idempotent });
  }

  #isHarmless<M extends RequestMethod>({ target, params }: Work<M>): boolean {
    return target.plan.trusted && 'name' in params && this.#context.isHarmless(target.plan.name, params.name);
  }

  #about<M extends RequestMethod>(work: Work<M>, attempts: number, publication?: Publication): FailedRequest {
    const { method, timeoutMs, target } = work;
    return { server: target.plan.name, epoch: publication?.epoch, method, attempts, timeoutMs };
  }
}

/** The SDK would turn what a handler throws into an error of the connection. */
function guarded(onProgress: CallOptions['onProgress']): CallOptions['onProgress'] {
  if (onProgress === undefined) return undefined;
  return (progress) => {
    try {
      const result: unknown = onProgress(progress);
      if (result instanceof Promise) result.catch(() => {});
    } catch {
      // A callback of the caller cannot harm the connection that calls it.
    }
  };
}
