/**
 * The one path of all requests. On a ready connection a call is a look-up, a gate check and one direct call on the
 * link; only a failure that may be repeated enters the repetition. One deadline covers
 * waiting, connecting, repeating and the request itself.
 */

import { MAX_TIMER_MS } from '../clock.ts';
import type { Publication } from '../connection/publication.ts';
import { CallError } from '../errors.ts';
import { CREATED_TASK, type RemoteTask } from '../link/remote-task.ts';
import type { RequestMethod, RequestShapes, ToolReply } from '../link/requests.ts';
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
import { requestMeta } from './request-meta.ts';
import type { RequestTarget } from './request-target.ts';
import { ResultVerification, type ResultVerificationContext } from './result-verification.ts';
import type { Slots } from './slots.ts';
import type { TraceContextFunction } from './trace-context.ts';
import type { LineWait } from './waiting-line.ts';

/** What requests are made with. */
export interface RequesterContext extends RepetitionContext, ResultVerificationContext {
  /** Whether servers may ask the host, so that deadlines may have to stand still. */
  readonly mayAsk: boolean;
  /** Gives the trace context of each request. */
  readonly traceContext?: TraceContextFunction | undefined;
  /** Waits for the result of a call that became a task, within what is left of the call. Rejects with `CallError`. */
  readonly follow: (call: PendingRequest, task: RemoteTask) => Promise<ToolReply>;
}

/** Sends requests through the gates of servers. */
export class Requester {
  /** Of the results of calls. */
  readonly verification: ResultVerification;
  readonly #context: RequesterContext;
  readonly #repetition: Repetition;

  constructor(context: RequesterContext) {
    this.#context = context;
    this.#repetition = new Repetition(context);
    this.verification = new ResultVerification(context);
  }

  /** Send one request. Rejects with `CallError`; throws `ConfigError`. */
  request<M extends RequestMethod>(
    target: RequestTarget,
    method: M,
    params: RequestShapes[M]['params'],
    options: CallOptions = {},
  ): Promise<RequestShapes[M]['result']> {
    const carried = this.withMeta(target, method, params, options.meta);
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
      params: carried,
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

  /** The parameters of a request with what is sent along: once for all its attempts. Throws `ConfigError`. */
  withMeta<M extends RequestMethod>(
    { plan: { name: server } }: Pick<RequestTarget, 'plan'>,
    method: M,
    params: RequestShapes[M]['params'],
    given?: CallOptions['meta'],
  ): RequestShapes[M]['params'] {
    const { traceContext } = this.#context;
    if (given === undefined && traceContext === undefined) return params;
    const meta = requestMeta(given, traceContext, { server, method });
    return meta === undefined ? params : { ...params, _meta: meta };
  }

  async #run<M extends RequestMethod>(pending: PendingRequest<M>): Promise<RequestShapes[M]['result']> {
    const { unanswered } = pending.target;
    unanswered.add(pending);
    try {
      let result: RequestShapes[M]['result'];
      try {
        result = await this.#attempt(pending, 1);
      } catch (error) {
        if (!this.#repetition.mayFollow(pending, error)) throw error;
        result = await this.#repetition.run(pending, error, (count) => this.#attempt(pending, count));
      }
      const task = (result as ToolReply)[CREATED_TASK];
      if (task === undefined || isWantedAsTask(pending)) return result;
      const verify = this.verification.of(pending);
      const outcome = await this.#context.follow(pending, task);
      await verify?.(outcome, { ...aboutRequest(pending, 1), taskId: task.id });
      return outcome;
    } finally {
      unanswered.take(pending);
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
      const { epoch, taskId } = error;
      const about = { ...aboutRequest(pending, error.attempts), epoch, taskId, timeoutMs: passedMs };
      throw lateError(about, error.outcome === 'not-sent' ? 'not-sent' : 'unknown');
    } finally {
      deadline.stop();
    }
  }

  /** On a ready connection the call goes out from here, and nothing else waits. */
  #attempt<M extends RequestMethod>(pending: PendingRequest<M>, attempts: number): Promise<RequestShapes[M]['result']> {
    const { gate, slots } = pending.target;
    const { publication } = gate;
    if (publication === undefined || !slots.tryTake()) return this.#attemptLater(pending, attempts);
    return this.#send(pending, publication, slots, attempts, attempts === 1);
  }

  /** Wait for the connection, then for a turn. */
  async #attemptLater<M extends RequestMethod>(
    pending: PendingRequest<M>,
    attempts: number,
  ): Promise<RequestShapes[M]['result']> {
    const { gate } = pending.target;
    const publication = gate.publication ?? (await this.#pass(pending, attempts));
    let { slots } = pending.target;
    const isInTime = slots.tryTake();
    if (!isInTime) slots = await this.#takeTurn(pending, attempts);
    // While it waited for its turn, another epoch may have come to serve.
    const serving = isInTime ? publication : (gate.publication ?? publication);
    return await this.#send(pending, serving, slots, attempts, false);
  }

  /** Send it over one link, in a slot that was taken for it. */
  async #send<M extends RequestMethod>(
    pending: PendingRequest<M>,
    publication: Publication,
    slots: Slots,
    attempts: number,
    isUndelayed: boolean,
  ): Promise<RequestShapes[M]['result']> {
    const about = () => aboutRequest(pending, attempts, publication);
    try {
      const timeoutMs =
        isUndelayed && pending.deadline === undefined ? pending.timeoutMs : leftMs(pending, this.#context.clock);
      if (!isOffered(pending.method, publication.identity.capabilities)) throw missingError(about());
      if (timeoutMs <= 0) throw lateError(about(), 'not-sent');
      if (pending.signal?.aborted) throw abortedError(about(), 'not-sent', pending.signal.reason);
      // As it is listed now: what is listed when the reply comes may be another definition.
      const verify = this.verification.of(pending);
      const result = await (pending.deadline === undefined
        ? publication.link.request(pending.method, pending.params, {
            timeoutMs,
            signal: pending.signal,
            onProgress: pending.onProgress,
          })
        : this.#sendWithin(pending.deadline, pending, publication));
      publication.served();
      if (verify !== undefined) await verify(result as ToolReply, about());
      return result;
    } catch (error) {
      const failure = callError(error, about());
      if (failure instanceof CallError && failure.outcome === 'failed-by-server') {
        publication.served();
        for (const { elicitationId } of failure.elicitations) pending.target.pages.expect(elicitationId);
      }
      throw failure;
    } finally {
      slots.release();
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

/** Whoever calls a tool as a task waits for its result in a way of their own. */
function isWantedAsTask({ params }: PendingRequest): boolean {
  return 'task' in params && params.task !== undefined;
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
