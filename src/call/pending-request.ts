/** A request on its way, from when it was made until its caller has an answer. */

import type { Progress } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { Publication } from '../connection/publication.ts';
import type { RequestMethod, RequestShapes } from '../link/requests.ts';
import type { CallOptions } from './call-options.ts';
import type { FailedRequest } from './failure.ts';
import type { PausableDeadline } from './pausable-deadline.ts';
import type { RequestTarget, UnansweredCall } from './request-target.ts';

/** One request, with all that holds for each of its attempts. */
export interface PendingRequest<M extends RequestMethod = RequestMethod> extends UnansweredCall {
  readonly target: RequestTarget;
  readonly method: M;
  readonly params: RequestShapes[M]['params'];
  readonly retry: NonNullable<CallOptions['retry']>;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((progress: Progress) => void) | undefined;
  readonly timeoutMs: number;
  readonly deadlineMs: number;
  /** In the place of `deadlineMs`, where the deadline may stand still. */
  readonly deadline: PausableDeadline | undefined;
}

/** What is left of its deadline, in milliseconds. */
export function leftMs({ deadline, deadlineMs }: PendingRequest, clock: Clock): number {
  return deadline?.leftMs ?? deadlineMs - clock.monotonic();
}

/** What its errors say of it. */
export function aboutRequest(request: PendingRequest, attempts: number, publication?: Publication): FailedRequest {
  const { method, timeoutMs, target } = request;
  return { server: target.plan.name, epoch: publication?.epoch, method, attempts, timeoutMs };
}
