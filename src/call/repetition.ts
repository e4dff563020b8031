/** Sends a request again that failed and may be: after a pause, and so on, until its deadline. p-retry drives it. */

import pRetry, { AbortError } from 'p-retry';
import type { Clock, Random } from '../clock.ts';
import { CallError } from '../errors.ts';
import type { Outcome } from '../fault.ts';
import { sleep } from '../policy/deadline.ts';
import { isNetworkLoss } from '../policy/network-loss.ts';
import { mayRepeat, repeatDelayMs } from '../policy/replay.ts';
import { abortedError, uncertainError } from './failure.ts';
import { aboutRequest, leftMs, type PendingRequest } from './pending-request.ts';

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

/** What requests are repeated with. */
export interface RepetitionContext {
  readonly clock: Clock;
  readonly random: Random;
  /** Whether a server's own hints say that running this tool twice does no harm. Asked only when a call failed. */
  readonly isHarmless: (server: string, tool: string) => boolean;
  /** Told before the pause of each repetition. Must not throw. */
  readonly retried: (event: CallRetried) => void;
}

/** Repetitions of one request that may meet a server; its deadline ends most of them earlier. */
const MAX_REPETITIONS = 100;

/** Repeats requests. */
export class Repetition {
  readonly #context: RepetitionContext;

  constructor(context: RepetitionContext) {
    this.#context = context;
  }

  /** Whether a request may be sent again that failed like this. */
  mayFollow(request: PendingRequest, error: unknown): error is CallError {
    if (!(error instanceof CallError) || error.fault === undefined || request.retry === 'never') return false;
    // What the gate says is final, whatever its fault: only a request that met a link is repeated.
    if (error.code !== 'CONNECTION_LOST' && error.code !== 'CALL_REFUSED') return false;
    const idempotent = request.retry === 'always' || this.#isHarmless(request);
    return mayRepeat(request.method, error.outcome, { fault: error.fault, idempotent });
  }

  /** Go on after the first attempt failed. Attempts are counted from 1; the next is the second. Rejects with `CallError`. */
  async run<R>(request: PendingRequest, first: CallError, attempt: (count: number) => Promise<R>): Promise<R> {
    let error = first;
    let mayHaveRun = first.outcome === 'unknown';
    const repetition = pRetry(
      async (failures) => {
        await this.#pause(request, failures, error);
        return await attempt(failures + 1);
      },
      {
        retries: MAX_REPETITIONS,
        // The pauses are ours: on the injected clock, cancellable, and with the jitter after the cap.
        minTimeout: 0,
        maxTimeout: 0,
        shouldConsumeRetry: ({ error: failure }) => !isWithoutNetwork(failure),
        shouldRetry: ({ error: failure }) => {
          if (!this.mayFollow(request, failure)) return false;
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

  async #pause(request: PendingRequest, attempt: number, error: CallError): Promise<void> {
    const { clock, random, retried } = this.#context;
    const { name: server, backoff } = request.target.plan;
    const delayMs = repeatDelayMs(backoff, attempt, random, error.fault);
    // A pause that outlasts the deadline is not begun: the caller learns now what is known now.
    if (delayMs >= leftMs(request, clock)) throw new AbortError(error);
    const about = { server, epoch: error.epoch ?? 0, atMs: clock.now(), method: request.method };
    retried({ type: 'call.retried', ...about, attempt, outcome: error.outcome, delayMs });
    try {
      await sleep(clock, delayMs, request.signal);
    } catch {
      throw abortedError(aboutRequest(request, attempt), 'not-sent', error);
    }
  }

  /** A request of an extension may have a name among its parameters, too: then it is not that of a tool. */
  #isHarmless({ target, method, params }: PendingRequest): boolean {
    // A task that begins twice leaves one behind that nobody knows, however harmless its tool is.
    if ('task' in params && params.task !== undefined) return false;
    if (!target.plan.trusted || method !== 'tools/call' || !('name' in params)) return false;
    return this.#context.isHarmless(target.plan.name, String(params.name));
  }
}

function isWithoutNetwork(failure: Error): boolean {
  return failure instanceof CallError && failure.fault !== undefined && isNetworkLoss(failure.fault);
}
