import { describe, expect, it } from 'vitest';
import { abortedError, callError, lateError } from '../../../src/call/failure.ts';
import { CallError, type ErrorCode } from '../../../src/errors.ts';
import type { Fault, Outcome } from '../../../src/fault.ts';
import { RequestError, type RequestFailure } from '../../../src/link/link.ts';

const REQUEST = { server: 'files', epoch: 3, method: 'tools/call', attempts: 2, timeoutMs: 500 };

const EXITED: Fault = { kind: 'process-exited', exitCode: 1, signal: null, stderr: [] };
const failed = (fault: Fault, outcome: 'not-sent' | 'refused' | 'unknown'): RequestFailure => ({
  kind: 'fault',
  fault,
  outcome,
});

describe('the error of a failed request', () => {
  it.each<[string, RequestFailure, ErrorCode, Outcome]>([
    ['a deadline', { kind: 'timed-out' }, 'CALL_TIMEOUT', 'unknown'],
    ['an abort', { kind: 'aborted' }, 'CALL_ABORTED', 'unknown'],
    ['a reply of the wrong shape', { kind: 'invalid-reply', detail: 'ZodError' }, 'REPLY_INVALID', 'unknown'],
    [
      'an error of the server',
      { kind: 'server-error', code: -32_602, message: 'bad' },
      'SERVER_ERROR',
      'failed-by-server',
    ],
    ['a lost connection', failed(EXITED, 'unknown'), 'CONNECTION_LOST', 'unknown'],
    ['a connection lost before', failed(EXITED, 'not-sent'), 'CONNECTION_LOST', 'not-sent'],
    ['a refusal', failed({ kind: 'http-status', status: 429 }, 'refused'), 'CALL_REFUSED', 'refused'],
    ['a refused session', failed({ kind: 'session-lost', status: 404 }, 'refused'), 'CALL_REFUSED', 'refused'],
    ['a garbled reply', failed({ kind: 'malformed-message', detail: 'x' }, 'unknown'), 'REPLY_INVALID', 'unknown'],
    [
      'a reply that is too large',
      failed({ kind: 'message-too-large', limitBytes: 9 }, 'unknown'),
      'REPLY_INVALID',
      'unknown',
    ],
    [
      'a link that garbage ended before',
      failed({ kind: 'malformed-message', detail: 'x' }, 'not-sent'),
      'CONNECTION_LOST',
      'not-sent',
    ],
  ])('by %s has its code and its outcome', (_, failure, code, outcome) => {
    const error = callError(new RequestError(failure), REQUEST);

    expect(error).toBeInstanceOf(CallError);
    expect(error).toMatchObject({ code, outcome, server: 'files', epoch: 3, attempts: 2 });
    expect((error as CallError).message).toContain("tools/call on 'files'");
  });

  it('holds what the server said as data', () => {
    const failure = { kind: 'server-error', code: -32_602, message: 'bad', data: { field: 'x' } } as const;

    expect(callError(new RequestError(failure), REQUEST)).toMatchObject({ rpcCode: -32_602, rpcData: { field: 'x' } });
  });

  it('holds the fault as data', () => {
    expect(callError(new RequestError(failed(EXITED, 'unknown')), REQUEST)).toMatchObject({ fault: EXITED });
  });

  it('is what was thrown, when that is no failure of a request', () => {
    const defect = new TypeError('a defect');

    expect(callError(defect, REQUEST)).toBe(defect);
  });

  it('says how long the call was allowed to take', () => {
    expect(lateError(REQUEST, 'not-sent')).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'not-sent' });
    expect(lateError(REQUEST, 'not-sent').message).toContain('500 ms');
  });

  it('keeps why it was aborted as its cause', () => {
    expect(abortedError(REQUEST, 'not-sent', 'enough')).toMatchObject({ code: 'CALL_ABORTED', cause: 'enough' });
  });

  it.each<[Outcome, boolean]>([
    ['not-sent', true],
    ['refused', true],
    ['unknown', false],
    ['failed-by-server', false],
  ])('with the outcome %s is retryable: %s', (outcome, retryable) => {
    expect(new CallError('CONNECTION_LOST', 'lost', { outcome }).retryable).toBe(retryable);
  });
});
