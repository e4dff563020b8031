/**
 * The one path of all requests. On a ready connection a call is a look-up, a gate check and one direct call on the
 * link; only a failure that may be repeated enters the repetition. One deadline covers
 * waiting, connecting, repeating and the request itself.
 */

import { MAX_TIMER_MS } from '../clock.ts';
import type { Publication } from '../connection/publication.ts';
import { CallError } from '../errors.ts';
import type { RequestMethod, RequestShapes } from '../link/requests.ts';
import type { CallOptions } from './call-options.ts';
import {
  abortedError,
  callError,
  type FailedRequest,
  fullError,
  lateError,
  missingError,
  unturnedError,
  waitedError,
} from './failure.ts';
import { isOffered } from './offer.ts';
import { PausableDeadline } from './pausable-deadline.ts';
import { aboutRequest, leftMs, type PendingRequest } from './pending-request.ts';
import { Repetition, type RepetitionContext } from './repetition.ts';
import type { RequestTarget } from './request-target.ts';
import type { Slots } from './slots.ts';
import type { LineWait } from './waiting-line.ts';

/** What requests are made with. */
export interface RequesterContext extends RepetitionContext {
  /** Whether servers may ask a person, so that deadlines may have to stand still. */
  readonly mayAsk: boolean;
}

/** Sends requests through the gates of servers. */
export class Requester {
  readonly #context: RequesterContext;
  readonly #repetition: Repetition;

  constructor(context: RequesterContext) {
    this.#context = context;
    this.#repetition = new Repetition(context);
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
    const pending: PendingRequest<M> = {
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
    return deadline === undefined ? this.#run(pending) : this.#runWithin(deadline, pending);
  }

  async #run<M extends RequestMethod>(pending: PendingRequest<M>): Promise<RequestShapes[M]['result']> {
    const { unanswered } = pending.target;
    unanswered.add(pending);
    try {
      return await this.#attempt(pending, 1);
    } catch (error) {
      if (!this.#repetition.mayFollow(pending, error)) throw error;
      return await this.#repetition.run(pending, error, (count) => this.#attempt(pending, count));
    } finally {
      unanswered.delete(pending);
    }
  }

  /** What the deadline ends looks like an abort to everybody below: only here both are known. */
  async #runWithin<M extends RequestMethod>(
    deadline: PausableDeadline,
    pending: PendingRequest<M>,
  ): Promise<RequestShapes[M]['result']> {
    try {
      return await this.#run(pending);
    } catch (error) {
      const { passedMs } = deadline;
      if (passedMs === undefined || !(error instanceof CallError) || error.code !== 'CALL_ABORTED') throw error;
      const about = { ...aboutRequest(pending, error.attempts), epoch: error.epoch, timeoutMs: passedMs };
      throw lateError(about, error.outcome === 'not-sent' ? 'not-sent' : 'unknown');
    } finally {
      deadline.stop();
    }
  }

  async #attempt<M extends RequestMethod>(
    pending: PendingRequest<M>,
    attempts: number,
  ): Promise<RequestShapes[M]['result']> {
    const { gate } = pending.target;
    const published = gate.publication;
    const publication = published ?? (await this.#pass(pending, attempts));
    let { slots } = pending.target;
    const isInTime = slots.tryTake();
    if (!isInTime) slots = await this.#takeTurn(pending, attempts);
    try {
      const isUndelayed = published !== undefined && isInTime && attempts === 1;
      // While it waited for its turn, another epoch may have come to serve.
      const serving = isInTime ? publication : (gate.publication ?? publication);
      return await this.#send(pending, serving, attempts, isUndelayed);
    } finally {
      slots.release();
    }
  }

  async #send<M extends RequestMethod>(
    pending: PendingRequest<M>,
    publication: Publication,
    attempts: number,
    isUndelayed: boolean,
  ): Promise<RequestShapes[M]['result']> {
    const timeoutMs =
      isUndelayed && pending.deadline === undefined ? pending.timeoutMs : leftMs(pending, this.#context.clock);
    const about = aboutRequest(pending, attempts, publication);
    if (!isOffered(pending.method, publication.identity.capabilities)) throw missingError(about);
    if (timeoutMs <= 0) throw lateError(about, 'not-sent');
    if (pending.signal?.aborted) throw abortedError(about, 'not-sent', pending.signal.reason);
    try {
      const result = await (pending.deadline === undefined
        ? publication.link.request(pending.method, pending.params, {
            timeoutMs,
            signal: pending.signal,
            onProgress: pending.onProgress,
          })
        : this.#sendWithin(pending.deadline, pending, publication));
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
    { method, params, onProgress }: PendingRequest<M>,
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

  #pass(pending: PendingRequest, attempts: number): Promise<Publication> {
    const about = aboutRequest(pending, attempts - 1);
    const late = () => waitedError(about, pending.target.situation());
    return pending.target.gate.pass(this.#wait(pending, about, late));
  }

  /** Wait for a slot, also where the server is replaced meanwhile. */
  async #takeTurn(pending: PendingRequest, attempts: number): Promise<Slots> {
    const about = aboutRequest(pending, attempts - 1);
    for (;;) {
      const { slots } = pending.target;
      const late = () => unturnedError(about, slots.takenCount);
      if (await slots.take(this.#wait(pending, about, late))) return slots;
    }
  }

  /** A wait that ends with the deadline: by its own timer, or by the signal of a deadline that may stand still. */
  #wait(
    { target, signal, deadline, deadlineMs }: PendingRequest,
    about: FailedRequest,
    late: () => CallError,
  ): LineWait {
    return {
      timeoutMs: deadline === undefined ? deadlineMs - this.#context.clock.monotonic() : MAX_TIMER_MS,
      signal,
      late,
      aborted: () => (deadline?.passedMs === undefined ? abortedError(about, 'not-sent', signal?.reason) : late()),
      full: (waiting) => fullError(about, waiting, target.situation()),
    };
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
