import { describe, expect, it } from 'vitest';
import type { Fault, FaultKind } from '../../../src/fault.ts';
import { isIncurable } from '../../../src/policy/incurable.ts';

/** One fault of every kind and what is decided about it; a new kind does not compile until it is here. */
const EVERY_KIND: { readonly [K in FaultKind]: readonly [Extract<Fault, { kind: K }>, boolean] } = {
  'command-not-found': [{ kind: 'command-not-found', command: 'x' }, true],
  'command-not-executable': [{ kind: 'command-not-executable', command: 'x' }, true],
  'working-directory-missing': [{ kind: 'working-directory-missing' }, true],
  'spawn-failed': [{ kind: 'spawn-failed', errno: 'EAGAIN' }, false],
  'process-exited': [{ kind: 'process-exited', exitCode: 1, signal: null, stderr: [] }, false],
  'pipe-closed': [{ kind: 'pipe-closed', pipe: 'stdout' }, false],
  'write-stalled': [{ kind: 'write-stalled', queuedBytes: 1 }, false],
  unreachable: [{ kind: 'unreachable', errno: 'ECONNREFUSED' }, false],
  'http-status': [{ kind: 'http-status', status: 503 }, false],
  unauthorized: [{ kind: 'unauthorized', status: 401 }, true],
  'foreign-redirect': [{ kind: 'foreign-redirect', status: 307 }, true],
  'session-lost': [{ kind: 'session-lost', status: 404 }, false],
  'stream-ended': [{ kind: 'stream-ended' }, false],
  'stream-silent': [{ kind: 'stream-silent', silentMs: 1 }, false],
  'reply-lost': [{ kind: 'reply-lost' }, false],
  unresponsive: [{ kind: 'unresponsive', missed: 2 }, false],
  'timed-out': [{ kind: 'timed-out', phase: 'connecting', afterMs: 1 }, false],
  'handshake-refused': [{ kind: 'handshake-refused', code: -32603, message: '' }, false],
  'protocol-version-unsupported': [{ kind: 'protocol-version-unsupported' }, true],
  'malformed-message': [{ kind: 'malformed-message', detail: '' }, false],
  'message-too-large': [{ kind: 'message-too-large', limitBytes: 1 }, false],
  'auth-required': [{ kind: 'auth-required', reason: 'no-token' }, true],
  'auth-failed': [{ kind: 'auth-failed', reason: 'issuer-mismatch' }, true],
  'headers-unavailable': [{ kind: 'headers-unavailable', reason: 'timed-out' }, false],
  'transport-unavailable': [{ kind: 'transport-unavailable', reason: 'threw' }, false],
  flooded: [{ kind: 'flooded', what: 'pings' }, false],
  'dependency-lost': [{ kind: 'dependency-lost', server: 'x' }, false],
  crashed: [{ kind: 'crashed', message: '' }, false],
  closed: [{ kind: 'closed' }, false],
};

describe('isIncurable', () => {
  it.each(Object.entries(EVERY_KIND))('decides about %s', (_, [fault, incurable]) => {
    expect(isIncurable(fault)).toBe(incurable);
  });

  it.each([404, 405, 406, 410, 415, 400, 413, 301, 501, 505])('gives up on HTTP %i', (status) => {
    expect(isIncurable({ kind: 'http-status', status })).toBe(true);
  });

  it.each([408, 409, 425, 429, 500, 502, 503, 504, 200])('does not give up on HTTP %i', (status) => {
    expect(isIncurable({ kind: 'http-status', status, retryAfterMs: 1_000 })).toBe(false);
  });

  it.each([-32600, -32601, -32602])('gives up on a handshake refused with %i', (code) => {
    expect(isIncurable({ kind: 'handshake-refused', code, message: '' })).toBe(true);
  });

  it('tells a certificate, which stays bad, from a network, which comes back', () => {
    const errnos = ['CERT_HAS_EXPIRED', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'ENOTFOUND', 'ETIMEDOUT', 'UND_ERR_SOCKET'];

    expect(errnos.map((errno) => isIncurable({ kind: 'unreachable', errno }))).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('tells a command line that stays too long from a host that lacks processes', () => {
    const errnos = ['E2BIG', 'ENOEXEC', 'EMFILE', 'ENOMEM'];

    expect(errnos.map((errno) => isIncurable({ kind: 'spawn-failed', errno }))).toEqual([true, true, false, false]);
  });
});
