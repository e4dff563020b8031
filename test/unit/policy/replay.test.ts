import { describe, expect, it } from 'vitest';
import type { Fault, Outcome } from '../../../src/fault.ts';
import { mayRepeat, repeatDelayMs } from '../../../src/policy/replay.ts';

const exited: Fault = { kind: 'process-exited', exitCode: null, signal: 'SIGKILL', stderr: [] };
const status = (code: number, retryAfterMs?: number): Fault =>
  retryAfterMs === undefined
    ? { kind: 'http-status', status: code }
    : { kind: 'http-status', status: code, retryAfterMs };

describe('mayRepeat: what cannot run twice', () => {
  const outcomes: Outcome[] = ['not-sent', 'refused', 'unknown', 'failed-by-server'];

  it.each([
    ['tools/call', [true, true, false, false]],
    ['tools/list', [true, true, true, false]],
    ['resources/read', [true, true, true, false]],
    ['prompts/get', [true, true, true, false]],
    ['resources/subscribe', [true, true, false, false]],
    ['vendor/anything', [true, true, false, false]],
  ])('answers %s by outcome not-sent, refused, unknown, failed-by-server with %j', (method, expected) => {
    expect(outcomes.map((outcome) => mayRepeat(method, outcome))).toEqual(expected);
  });

  it('repeats a call of unknown outcome when the caller declares it idempotent, and never one that ran', () => {
    expect(mayRepeat('tools/call', 'unknown', { fault: exited, idempotent: true })).toBe(true);
    expect(mayRepeat('tools/call', 'failed-by-server', { fault: exited, idempotent: true })).toBe(false);
  });
});

describe('mayRepeat: what may end differently', () => {
  it.each<[string, Fault, boolean]>([
    ['429 with Retry-After', status(429, 1_000), true],
    ['503 with Retry-After', status(503, 1_000), true],
    ['429 without Retry-After', status(429), false],
    ['503 without Retry-After', status(503), false],
    ['500 with Retry-After', status(500, 1_000), false],
    ['400', status(400), false],
    ['404 without a session', status(404), false],
    ['405', status(405), false],
    ['413', status(413), false],
    ['401', { kind: 'unauthorized', status: 401 }, false],
    ['403', { kind: 'unauthorized', status: 403 }, false],
    ['a lost session', { kind: 'session-lost', status: 404 }, true],
    ['a process that exited', exited, true],
    ['a refused connection', { kind: 'unreachable', errno: 'ECONNREFUSED' }, true],
    ['a bad certificate', { kind: 'unreachable', errno: 'CERT_HAS_EXPIRED' }, false],
    ['an ended stream', { kind: 'stream-ended' }, true],
    ['headers that could not be had', { kind: 'headers-unavailable', reason: 'threw' }, true],
    ['a foreign redirect', { kind: 'foreign-redirect', status: 307 }, false],
    ['a close', { kind: 'closed' }, false],
  ])('answers a tools/call refused with %s: %#', (_, fault, expected) => {
    expect(mayRepeat('tools/call', 'refused', { fault })).toBe(expected);
  });

  it.each([
    [408, true],
    [429, true],
    [500, false],
    [502, true],
    [503, true],
    [504, true],
  ])('answers a tools/list of unknown outcome and HTTP %i with %s', (code, expected) => {
    expect(mayRepeat('tools/list', 'unknown', { fault: status(code) })).toBe(expected);
    expect(mayRepeat('tools/call', 'unknown', { fault: status(code) })).toBe(false);
  });

  it.each<Fault>([
    { kind: 'malformed-message', detail: '' },
    { kind: 'message-too-large', limitBytes: 1 },
    { kind: 'flooded', what: 'pages' },
  ])('does not ask again for a list whose reply was unusable: $kind', (fault) => {
    expect(mayRepeat('tools/list', 'unknown', { fault })).toBe(false);
  });

  it('sends what never left again, though another reply ended the link', () => {
    expect(mayRepeat('tools/call', 'not-sent', { fault: { kind: 'message-too-large', limitBytes: 1 } })).toBe(true);
    expect(mayRepeat('tools/call', 'not-sent', { fault: { kind: 'closed' } })).toBe(false);
    expect(mayRepeat('tools/call', 'not-sent', { fault: { kind: 'unauthorized', status: 401 } })).toBe(false);
  });
});

describe('repeatDelayMs', () => {
  const policy = { baseMs: 500, factor: 2, maxMs: 30_000, retryAfterMaxMs: 3_600_000 };

  it('waits as long as the server asked for', () => {
    expect(repeatDelayMs(policy, 1, () => 0, status(429, 9_000))).toBe(9_000);
  });

  it('waits for nothing but the new session when one was lost, and for more when that was lost too', () => {
    const lost: Fault = { kind: 'session-lost', status: 404 };

    expect(repeatDelayMs(policy, 1, () => 0.5, lost)).toBe(0);
    expect(repeatDelayMs(policy, 2, () => 0.5, lost)).toBe(500);
  });

  it('does not grow for ever while there is no network, where no server is to be spared', () => {
    const gone: Fault = { kind: 'unreachable', errno: 'ENETUNREACH' };
    const refused: Fault = { kind: 'unreachable', errno: 'ECONNREFUSED' };

    expect([1, 2, 3, 4, 50].map((attempt) => repeatDelayMs(policy, attempt, () => 0.5, gone))).toEqual([
      250, 500, 1_000, 1_000, 1_000,
    ]);
    expect(repeatDelayMs(policy, 50, () => 0.5, refused)).toBe(15_000);
  });

  it('draws from the backoff for every other fault and for none', () => {
    expect(repeatDelayMs(policy, 2, () => 0.5, exited)).toBe(500);
    expect(repeatDelayMs(policy, 2, () => 0.5)).toBe(500);
  });
});
