/** Pins the error codes: callers match on them, so one that is changed or taken away breaks them. */

import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '../../src/errors.ts';

describe('the error codes', () => {
  it('are exactly these', () => {
    expect(Object.keys(ERROR_CODES)).toEqual([
      'CONFIG_INVALID',
      'SERVER_EXISTS',
      'SERVER_UNKNOWN',
      'SERVER_DEPENDED_ON',
      'CONNECT_FAILED',
      'AUTH_REQUIRED',
      'AUTHORIZATION_FAILED',
      'START_TIMEOUT',
      'SUPERVISOR_CLOSED',
      'SERVER_REMOVED',
      'REPLACEMENT_SUPERSEDED',
      'SERVER_CLOSED',
      'SERVER_PARKED',
      'CAPABILITY_MISSING',
      'CALL_TIMEOUT',
      'CALL_ABORTED',
      'QUEUE_FULL',
      'CONNECTION_LOST',
      'CALL_REFUSED',
      'REPLY_INVALID',
      'RESULT_INVALID',
      'INPUT_REFUSED',
      'ELICITATION_REQUIRED',
      'TASK_UNKNOWN',
      'TASK_EXPIRED',
      'TASK_CANCELLED',
      'SERVER_ERROR',
    ]);
  });

  it('say what they mean in one sentence or two', () => {
    const wrong = Object.entries(ERROR_CODES).filter(([, meaning]) => !/^[A-Z].{10,}\.$/.test(meaning));

    expect(wrong).toEqual([]);
  });
});
