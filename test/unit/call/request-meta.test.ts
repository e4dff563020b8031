import { describe, expect, it } from 'vitest';
import { requestMeta } from '../../../src/call/request-meta.ts';
import type { TraceContext } from '../../../src/call/trace-context.ts';
import { ConfigError } from '../../../src/errors.ts';

const ABOUT = { server: 'files', method: 'tools/call' };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-00f067aa0ba902b7-01';
const meta = (given: unknown, context?: Partial<TraceContext>) =>
  requestMeta(given, context && (() => context as TraceContext), ABOUT);
const issues = (given: unknown) => {
  try {
    requestMeta(given, undefined, ABOUT);
    return [];
  } catch (error) {
    return error instanceof ConfigError ? error.issues : error;
  }
};

describe('what a caller sends along', () => {
  it.each(['tenant', 'com.example/tenant', 'com.example.mcp/x', 'a-b.c1/x_y.z', 'com.example/', 'traceparent.x'])(
    'may be under the key %s',
    (key) => {
      expect(meta({ [key]: { any: ['value'] } })).toEqual({ [key]: { any: ['value'] } });
    },
  );

  it.each([
    ['progressToken', /onProgress/],
    ['io.modelcontextprotocol/clientInfo', /reserved/],
    ['IO.ModelContextProtocol/x', /reserved/],
    ['modelcontextprotocol.io/x', /reserved/],
    ['dev.mcp/x', /reserved/],
    ['mcp.dev/x', /reserved/],
    ['com.mcp.tools/x', /reserved/],
    ['', /must be a name/],
    ['-x', /must be a name/],
    ['x y', /must be a name/],
    ['1com.example/x', /must be a name/],
    ['com..example/x', /must be a name/],
    ['/x', /must be a name/],
    ['com.example/x/y', /must be a name/],
    ['x'.repeat(300), /must be a name/],
    ['traceparent', /not well formed/],
    ['tracestate', /not well formed/],
  ])('may not be under the key %j', (key, message) => {
    expect(issues({ [key]: 'sk-4f9a8b7c6d5e' })).toMatchObject([{ message: expect.stringMatching(message) }]);
    expect(JSON.stringify(issues({ [key]: 'sk-4f9a8b7c6d5e' }))).not.toContain('sk-4f9a8b7c6d5e');
  });

  it.each([[null], ['text'], [['list']], [7]])('may not be %j', (given) => {
    expect(issues(given)).toEqual([{ path: 'options.meta', message: 'must be an object' }]);
  });

  it('is copied, so that a later change concerns no attempt', () => {
    const given = { tenant: 1 };
    const sent = meta(given);

    given.tenant = 2;

    expect(sent).toEqual({ tenant: 1 });
  });
});

describe('a trace context', () => {
  it('is sent as it is when it is well formed', () => {
    const context = { traceparent: TRACEPARENT, tracestate: 'vendor=a b,t61@sys=1', baggage: 'user=ada%20l;ttl=1, a=' };

    expect(meta(undefined, context)).toEqual(context);
  });

  it.each([
    ['of no form', 'ada'],
    ['of version ff', `ff${TRACEPARENT.slice(2)}`],
    ['in upper case', TRACEPARENT.toUpperCase()],
    ['of the trace 0', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`],
    ['of the span 0', `00-0af7651916cd43dd8448eb211c80319c-${'0'.repeat(16)}-01`],
    ['with a line after it', `${TRACEPARENT}\n`],
  ])('with a traceparent %s is not sent', (_what, traceparent) => {
    expect(meta(undefined, { traceparent, baggage: 'a=b' })).toBeUndefined();
  });

  it.each([
    { tracestate: 'no equals' },
    { tracestate: Array.from({ length: 33 }, (_, n) => `k${n}=v`).join() },
    { tracestate: `k=${'v'.repeat(600)}` },
    { baggage: 'a=b"c' },
    { baggage: 'a=b\nc=d' },
    { baggage: `a=${'b'.repeat(9_000)}` },
    { baggage: 7 as unknown as string },
  ])('is sent without the part %# that is not well formed', (part) => {
    expect(meta(undefined, { traceparent: TRACEPARENT, ...part })).toEqual({ traceparent: TRACEPARENT });
  });

  it.each([
    () => {
      throw new Error('no');
    },
    () => Promise.reject(new Error('no')),
    () => 7,
    () => null,
    () => ({
      get traceparent() {
        throw new Error('no');
      },
    }),
  ])('is none where the function of the host is broken (%#), and the call goes on', (trace) => {
    expect(requestMeta({ tenant: 1 }, trace as never, ABOUT)).toEqual({ tenant: 1 });
  });

  it('of one call replaces all of the one of the host', () => {
    const own = { traceparent: TRACEPARENT.replace(/01$/, '00') };

    expect(meta(own, { traceparent: TRACEPARENT, tracestate: 'a=b', baggage: 'a=b' })).toEqual(own);
  });
});
