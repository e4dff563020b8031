import { describe, expect, it } from 'vitest';
import { type HeadersContext, McpSupervisor } from '../../../../src/index.ts';
import { SimulatedClock } from '../../../../src/testing/simulated-clock.ts';
import { type HttpServer, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { endpoint, json, sseAnswers, streamableAnswers } from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, sseSession, streamableSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

/** Never comes to an end, and tells with what it was asked. */
function endless() {
  let ask: (context: HeadersContext) => void = () => {};
  const asked = new Promise<HeadersContext>((resolve) => {
    ask = resolve;
  });
  const headers = (context: HeadersContext) => {
    ask(context);
    return new Promise<never>(() => {});
  };
  return { headers, asked };
}

/** Gives another token for each request. */
function rotating() {
  let count = 0;
  return () => {
    count += 1;
    return { Authorization: `Bearer rotating-token-${count}`, Connection: 'close' };
  };
}

function tokens(server: HttpServer): (string | undefined)[] {
  return server.received.map(({ headers }) => headers.authorization);
}

describe('a function that gives headers', () => {
  it('is asked for every request of Streamable HTTP, and may not set what belongs to the connection', async () => {
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(endpoint(server), { headers: rotating() }).connect();
    await call(session);

    expect(new Set(tokens(server)).size).toBe(server.received.length);
    expect(tokens(server)[0]).toBe('Bearer rotating-token-1');
    expect(server.received.map(({ headers }) => headers.connection)).not.toContain('close');
  });

  it('is asked for the stream of HTTP+SSE and for each of its messages', async () => {
    await using server = await startHttpServer(sseAnswers());
    await using session = await sseSession(`${server.origin}/sse`, { headers: rotating() }).connect();

    expect(server.seen.slice(0, 2)).toEqual(['GET', 'POST initialize']);
    expect(new Set(tokens(server)).size).toBe(server.received.length);
    expect(session.faults).toEqual([]);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no token')), 'threw'],
    ['gives what cannot be sent', () => ({ Authorization: 'two\nlines' }), 'invalid'],
    ['gives nothing', () => undefined as never, 'invalid'],
  ] as const)('that %s fails the request, which was not sent', async (_, broken, reason) => {
    let isBroken = false;
    const headers = () => (isBroken ? broken() : {});
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(endpoint(server), { headers }).connect();
    isBroken = true;

    const failure = await faultOf(call(session));

    expect(failure).toMatchObject({ fault: { kind: 'headers-unavailable', reason }, outcome: 'not-sent' });
    expect(failure.error.message).not.toContain('no token');
    expect(server.seen).not.toContain('POST tools/call');
  });

  it('that does not come to an end fails the request after ten seconds, and is told', async () => {
    const clock = new SimulatedClock();
    const { headers, asked } = endless();
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(endpoint(server), { headers }, { clock }).begin();
    await session.transport.start();

    const failed = faultOf(session.transport.send({ jsonrpc: '2.0', id: 1, method: 'ping' }));
    const { server: name, signal } = await asked;
    await clock.advance(10_000);

    expect((await failed).fault).toEqual({ kind: 'headers-unavailable', reason: 'timed-out' });
    expect([name, signal.aborted]).toEqual(['server', true]);
  });

  it('is told when the connection is released', async () => {
    const { headers, asked } = endless();
    await using server = await startHttpServer(streamableAnswers());
    const session = await streamableSession(endpoint(server), { headers }).begin();
    await session.transport.start();

    const failed = faultOf(session.transport.send({ jsonrpc: '2.0', id: 1, method: 'ping' }));
    const { signal } = await asked;
    await session.carrier.release();

    expect(await failed).toMatchObject({ fault: { kind: 'closed' }, outcome: 'not-sent' });
    expect(signal.aborted).toBe(true);
  });

  it('gives secrets that are in no error, although the server quotes them', async () => {
    const quote = startHttpServer(
      streamableAnswers({
        'tools/call': ({ message, headers }, response) =>
          json(response, {
            jsonrpc: '2.0',
            id: message.id,
            error: { code: -32000, message: `not with ${headers.authorization}`, data: headers },
          }),
      }),
    );
    await using server = await quote;
    await using mcp = new McpSupervisor();
    await mcp.addServer({ name: 'wiki', transport: 'streamable_http', url: endpoint(server), headers: rotating() });

    const error: unknown = await mcp.callTool('wiki', 'tool').catch((reason: unknown) => reason);

    expect(error).toMatchObject({ code: 'SERVER_ERROR', message: expect.stringContaining('[redacted]') });
    expect(JSON.stringify([error, String(error), mcp.getServerInfo('wiki')])).not.toContain('rotating-token');
    expect(mcp.getServerInfo('wiki')?.config).toMatchObject({ headers: { '(from a function)': '[redacted]' } });
  });
});
