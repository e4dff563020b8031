import { describe, expect, it } from 'vitest';
import { MAX_TIMER_MS } from '../../../../src/clock.ts';
import type { ResponseHead } from '../../../../src/transport/http/exchange.ts';
import { isSameOrigin, leavesOrigin, statusFault } from '../../../../src/transport/http/http-status.ts';
import { bodyKind } from '../../../../src/transport/http/media-type.ts';
import { networkFault } from '../../../../src/transport/http/network-fault.ts';
import { parseRetryAfter } from '../../../../src/transport/http/retry-after.ts';

const head = (status: number, headers: Record<string, string> = {}): ResponseHead => ({
  status,
  header: (name) => headers[name],
});

describe('parseRetryAfter', () => {
  const nowMs = Date.parse('2026-11-22T10:00:00Z');

  it.each([
    ['seconds', '120', 120_000],
    ['zero', '0', 0],
    ['an IMF date', 'Sun, 22 Nov 2026 10:00:30 GMT', 30_000],
    ['an old RFC 850 date', 'Sunday, 22-Nov-26 10:00:30 GMT', 30_000],
    ['an asctime date', 'Sun Nov 22 10:00:30 2026 GMT', 30_000],
    ['a date in the past', 'Sun, 22 Nov 2026 09:00:00 GMT', 0],
    ['a day', '86400', 86_400_000],
    ['a number beyond all bounds', '9'.repeat(15), MAX_TIMER_MS],
  ])('understands %s', (_, value, delayMs) => {
    expect(parseRetryAfter(value, nowMs)).toBe(delayMs);
  });

  it.each([undefined, '', 'soon', '-5', '1.5', '2026', '9'.repeat(400)])('does not understand %s', (value) => {
    const delayMs = parseRetryAfter(value, nowMs);
    expect(delayMs === undefined || delayMs <= MAX_TIMER_MS).toBe(true);
    if (value !== '2026') expect(delayMs).toBeUndefined();
  });
});

describe('networkFault', () => {
  it('takes the innermost code of the cause chain, and keeps nothing of the text', () => {
    const system = Object.assign(new Error('connect to secret'), { code: 'ECONNREFUSED' });
    const outer = Object.assign(new TypeError('fetch failed'), { code: 'ERR_OUTER', cause: system });

    const { fault, outcome, message, cause } = networkFault(outer, false);

    expect(fault).toEqual({ kind: 'unreachable', errno: 'ECONNREFUSED' });
    expect(outcome).toBe('not-sent');
    expect(message).not.toContain('secret');
    expect(cause).toBeUndefined();
  });

  it('looks into the errors of several addresses', () => {
    const error = new AggregateError([Object.assign(new Error(), { code: 'EHOSTUNREACH' })]);
    expect(networkFault(error, true)).toMatchObject({ fault: { errno: 'EHOSTUNREACH' }, outcome: 'unknown' });
  });

  it.each([undefined, 'text', new Error('x'), { code: 7 }, { code: 'has secret text' }])(
    'calls %s UNKNOWN',
    (error) => {
      expect(networkFault(error, true).fault).toEqual({ kind: 'unreachable', errno: 'UNKNOWN' });
    },
  );

  it('ends on a chain that has no end', () => {
    const error: { cause?: unknown } = {};
    error.cause = error;
    expect(networkFault(error, true).fault).toEqual({ kind: 'unreachable', errno: 'UNKNOWN' });
  });
});

describe('statusFault', () => {
  it('takes a 404 for a lost session only if there was one', () => {
    expect(statusFault(head(404), true, 0).fault.kind).toBe('session-lost');
    expect(statusFault(head(404), false, 0).fault.kind).toBe('http-status');
  });

  it('takes a 503 for a refusal only if it says when to come back', () => {
    expect(statusFault(head(503), false, 0).outcome).toBe('unknown');
    expect(statusFault(head(503, { 'retry-after': '1' }), false, 0).outcome).toBe('refused');
  });
});

describe('the origin of a redirect', () => {
  it.each([
    ['/elsewhere', false],
    ['http://host:8080/x', false],
    ['http://host/x', true],
    ['https://host:8080/x', true],
    ['http://other:8080/x', true],
    ['//other/x', true],
  ])('from http://host:8080, %s leaves it: %s', (location, leaves) => {
    expect(leavesOrigin(head(307, { location }), new URL('http://host:8080/mcp'))).toBe(leaves);
  });

  it('is kept by the step to https on the default ports, and not by the step back', () => {
    expect(isSameOrigin(new URL('http://host/a'), new URL('https://host/b'))).toBe(true);
    expect(isSameOrigin(new URL('https://host/a'), new URL('http://host/b'))).toBe(false);
  });
});

describe('bodyKind', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON; charset=utf-8', 'json'],
    ['text/event-stream', 'event-stream'],
    ['text/html', 'other'],
    ['application/jsonp', 'other'],
  ])('of %s is %s', (type, kind) => {
    expect(bodyKind(head(200, { 'content-type': type }))).toBe(kind);
  });

  it('of a compressed body is other', () => {
    expect(bodyKind(head(200, { 'content-type': 'application/json', 'content-encoding': 'br' }))).toBe('other');
  });
});
