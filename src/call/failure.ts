/** Turns what a link says of a failed request into the error its caller meets. */

import { CallError, type ErrorCode } from '../errors.ts';
import { describeFault, type Fault, type Outcome } from '../fault.ts';
import { RequestError, type RequestFailure } from '../link/link.ts';

/** Which request failed. */
export interface FailedRequest {
  readonly server: string;
  readonly epoch: number | undefined;
  readonly method: string;
  readonly attempts: number;
  readonly timeoutMs: number;
}

/** Make the error of a request that failed on a link. Anything but a `RequestError` is passed on as it is. */
export function callError(error: unknown, request: FailedRequest): unknown {
  return error instanceof RequestError ? fromFailure(error.failure, request) : error;
}

/** Make the error of a request whose deadline passed. */
export function lateError(request: FailedRequest, outcome: 'not-sent' | 'unknown', cause?: unknown): CallError {
  const message = `${request.method} on '${request.server}' took longer than ${request.timeoutMs} ms`;
  return new CallError('CALL_TIMEOUT', message, { ...request, outcome, cause });
}

/** Make the error of a request that its caller aborted. */
export function abortedError(request: FailedRequest, outcome: 'not-sent' | 'unknown', cause?: unknown): CallError {
  const message = `${request.method} on '${request.server}' was aborted`;
  return new CallError('CALL_ABORTED', message, { ...request, outcome, cause });
}

/** Make the error of a request that an earlier attempt may have run, out of the error of its last attempt. */
export function uncertainError(last: CallError): CallError {
  if (!last.retryable) return last;
  const { code, message, server, epoch, cause, fault, attempts } = last;
  return new CallError(code, message, { server, epoch, cause, fault, attempts, outcome: 'unknown' });
}

/** Make the error of a request that found too many before it. */
export function fullError(request: Pick<FailedRequest, 'server'>, waiting: number): CallError {
  const message = `${waiting} calls wait for '${request.server}' already`;
  return new CallError('QUEUE_FULL', message, { server: request.server, outcome: 'not-sent' });
}

function fromFailure(failure: RequestFailure, request: FailedRequest): CallError {
  const what = `${request.method} on '${request.server}'`;
  switch (failure.kind) {
    case 'timed-out':
      return lateError(request, 'unknown');
    case 'aborted':
      return abortedError(request, 'unknown');
    case 'invalid-reply':
      return new CallError('REPLY_INVALID', `${what}: the reply is not valid (${failure.detail})`, {
        ...request,
        outcome: 'unknown',
      });
    case 'server-error':
      return new CallError('SERVER_ERROR', `${what}: ${failure.message}`, {
        ...request,
        outcome: 'failed-by-server',
        rpcCode: failure.code,
        rpcData: failure.data,
      });
    case 'fault': {
      const { fault, outcome } = failure;
      return new CallError(codeOf(fault, outcome), `${what}: ${describeFault(fault)}`, { ...request, outcome, fault });
    }
  }
}

function codeOf(fault: Fault, outcome: Outcome): ErrorCode {
  if (outcome === 'refused') return 'CALL_REFUSED';
  // What ended the link was no reply to a request that never left.
  if (outcome === 'not-sent') return 'CONNECTION_LOST';
  return fault.kind === 'malformed-message' || fault.kind === 'message-too-large' ? 'REPLY_INVALID' : 'CONNECTION_LOST';
}
