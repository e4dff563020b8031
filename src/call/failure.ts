/** Turns what a link says of a failed request into the error its caller meets. */

import { CallError, type CallErrorDetails, type ErrorCode } from '../errors.ts';
import { describeFault, type Fault, type Outcome } from '../fault.ts';
import { RequestError, type RequestFailure } from '../link/link.ts';
import { describeSituation, type Situation } from './situation.ts';

/** Characters of a server's own message that a message of ours quotes. */
const MESSAGE_CHARS = 500;

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

/** Make the error of a request whose deadline passed while it waited for its server. */
export function waitedError(request: FailedRequest, situation: Situation): CallError {
  const why = `it waited for '${request.server}', which ${describeSituation(request.server, situation)}`;
  return new CallError('CALL_TIMEOUT', `${tookTooLong(request)}: ${why}`, {
    ...request,
    ...factsOf(situation),
    outcome: 'not-sent',
  });
}

/** Make the error of a request whose deadline passed while others before it were under way. */
export function unturnedError(request: FailedRequest, underWay: number): CallError {
  const why = `it waited for its turn behind ${underWay} under way (maxConcurrent)`;
  return new CallError('CALL_TIMEOUT', `${tookTooLong(request)}: ${why}`, { ...request, outcome: 'not-sent' });
}

/** Make the error of a request whose deadline passed before it was sent, or while it was under way. */
export function lateError(request: FailedRequest, outcome: 'not-sent' | 'unknown', cause?: unknown): CallError {
  const why = outcome === 'unknown' ? 'it was sent, and no reply came' : 'it was not sent any more';
  return new CallError('CALL_TIMEOUT', `${tookTooLong(request)}: ${why}`, { ...request, outcome, cause });
}

/** Make the error of a request that a closed gate turns away. */
export function turnedAwayError(
  code: ErrorCode,
  what: string,
  about: Situation & Pick<FailedRequest, 'server' | 'epoch'>,
): CallError {
  const { server, epoch } = about;
  return new CallError(code, `'${server}' ${what}`, { server, epoch, ...factsOf(about), outcome: 'not-sent' });
}

/** Make the error of a request that its caller aborted. */
export function abortedError(request: FailedRequest, outcome: 'not-sent' | 'unknown', cause?: unknown): CallError {
  const message = `${request.method} on '${request.server}' was aborted`;
  return new CallError('CALL_ABORTED', message, { ...request, outcome, cause });
}

/** Make the error of a request that an earlier attempt may have run, out of the error of its last attempt. */
export function uncertainError(last: CallError): CallError {
  if (!last.retryable) return last;
  const { code, message, server, epoch, cause, fault, state, retryInMs, attempts } = last;
  const details = { server, epoch, cause, fault, state, retryInMs, attempts };
  return new CallError(code, message, { ...details, outcome: 'unknown' });
}

/** Make the error of a request that found too many before it. */
export function fullError({ server }: Pick<FailedRequest, 'server'>, waiting: number, situation: Situation): CallError {
  const why =
    situation.state === 'ready' ? 'as many as maxConcurrent are under way' : describeSituation(server, situation);
  const message = `${waiting} calls wait for '${server}' already (maxQueued): ${situation.state === 'ready' ? '' : 'it '}${why}`;
  return new CallError('QUEUE_FULL', message, { server, ...factsOf(situation), outcome: 'not-sent' });
}

/** Make the error of a request that its server does not offer. */
export function missingError(request: FailedRequest): CallError {
  const message = `'${request.server}' does not offer ${request.method}`;
  return new CallError('CAPABILITY_MISSING', message, { ...request, outcome: 'not-sent' });
}

function tookTooLong({ method, server, timeoutMs }: FailedRequest): string {
  return `${method} on '${server}' took longer than ${timeoutMs} ms`;
}

function factsOf({ state, fault, retryInMs }: Situation): Pick<CallErrorDetails, 'state' | 'fault' | 'retryInMs'> {
  return { state, fault, retryInMs };
}

/** A text of the server in one line, and short; all of it is in `rpcMessage`. */
function inLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MESSAGE_CHARS ? `${line.slice(0, MESSAGE_CHARS)}…` : line;
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
      return new CallError('SERVER_ERROR', `${what}: ${inLine(failure.message)} (code ${failure.code})`, {
        ...request,
        outcome: 'failed-by-server',
        rpcCode: failure.code,
        rpcMessage: failure.message,
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
