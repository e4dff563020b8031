import { describe, expect, it } from 'vitest';
import { openBlackHole, refusedPort } from '../../../../src/testing/ports.ts';
import { startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import { type Answers, endless, hang, sseAnswers, status, stream } from '../../../fixtures/http/mcp-answers.ts';
import { faultOf, sseSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

const sse = (origin: string): string => `${origin}/sse`;

describe('opening HTTP+SSE', () => {
  it('resolves when the server has named its endpoint, and the handshake follows', async () => {
    await using server = await startHttpServer(sseAnswers());
    await using session = await sseSession(sse(server.origin), { headers: { 'X-Key': 'yes' } }).connect();

    expect(session.calls).toEqual(['open']);
    expect(session.client.getServerVersion()?.name).toBe('small');
    for (const { headers } of server.received) expect(headers['x-key']).toBe('yes');
  });

  const refused: [string, Answers[string], object][] = [
    ['401', status(401), { kind: 'unauthorized', status: 401 }],
    ['403', status(403), { kind: 'unauthorized', status: 403 }],
    ['404', status(404), { kind: 'http-status', status: 404 }],
    ['204', status(204), { kind: 'http-status', status: 204 }],
    ['500', status(500), { kind: 'http-status', status: 500 }],
    [
      '503 with Retry-After',
      status(503, { 'retry-after': '3' }),
      { kind: 'http-status', status: 503, retryAfterMs: 3_000 },
    ],
    ['HTML', status(200, { 'content-type': 'text/html' }, '<html>'), { kind: 'malformed-message' }],
    [
      'a foreign redirect',
      status(302, { location: 'http://127.0.0.1:9/sse' }),
      { kind: 'foreign-redirect', status: 302 },
    ],
    ['redirects without end', status(302, { location: '/sse' }), { kind: 'http-status', status: 302 }],
    [
      'a foreign endpoint',
      endpointIs('http://127.0.0.1:9/message?key=canary'),
      { kind: 'foreign-redirect', status: 200 },
    ],
    ['an endpoint that is no URL', endpointIs('http://['), { kind: 'malformed-message' }],
    ['a stream that ends before the endpoint', (_, response) => void stream(response).end(), { kind: 'stream-ended' }],
    ['a reset', ({ socket }) => void socket.resetAndDestroy(), { kind: 'unreachable' }],
  ];

  it.each(refused)('rejects at once for %s, asks no second time, and leaves nothing open', async (_, answer, fault) => {
    await using server = await startHttpServer(sseAnswers({ GET: answer }));
    await using session = await sseSession(sse(server.origin)).begin();
    const timerCount = timers();

    const failure = await faultOf(session.transport.start());
    await Promise.resolve();

    expect(timers()).toBeLessThanOrEqual(timerCount);
    expect(failure.fault).toMatchObject(fault);
    expect(failure.error.message).not.toContain('canary');
    const count = server.seen.length;
    await session.carrier.release();
    await server.drained();
    expect(server.seen.length).toBe(count);
    expect(session.calls).toEqual([]);
  });

  it('rejects when the connection is refused', async () => {
    await using session = await sseSession(`http://127.0.0.1:${await refusedPort()}/sse`).begin();
    const failure = await faultOf(session.transport.start());
    expect(failure).toMatchObject({ fault: { kind: 'unreachable', errno: 'ECONNREFUSED' }, outcome: 'not-sent' });
    // The EventSource would try again after three seconds: the watch for leaks would find its timer.
  });

  const silent: [string, Answers[string] | undefined][] = [
    ['accepts and never answers', undefined],
    ['answers nothing', hang],
    ['never names an endpoint', (_, response) => void stream(response)],
  ];

  it.each(silent)('rejects when it is closed while the server %s', async (_, answer) => {
    await using hole = await openBlackHole();
    await using server = await startHttpServer(sseAnswers(answer === undefined ? {} : { GET: answer }));
    await using session = await sseSession(answer === undefined ? hole.url : sse(server.origin)).begin();
    const starting = faultOf(session.transport.start());
    if (answer === undefined) await hole.nextConnection();
    else await server.request('GET');

    await session.transport.close();

    expect((await starting).fault).toEqual({ kind: 'closed' });
    await Promise.all([hole.drained(), server.drained()]);
  });

  it('rejects with message-too-large when the first event has no end', async () => {
    await using server = await startHttpServer(sseAnswers({ GET: (_, response) => endless(stream(response)) }));
    await using session = await sseSession(sse(server.origin), { limits: { maxMessageBytes: 50_000 } }).begin();

    const failure = await faultOf(session.transport.start());

    expect(failure.fault).toEqual({ kind: 'message-too-large', limitBytes: 50_000 });
  });

  it('rejects with stream-silent when nothing comes for sseReadTimeoutMs', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(
      sseAnswers({ GET: (_, response) => void stream(response).write(':\n') }),
    );
    await using session = await sseSession(sse(server.origin), { sseReadTimeoutMs: 9_000 }, { clock }).begin();
    const heard = new Promise<void>((resolve) => {
      session.transport.onheard = resolve;
    });
    const starting = faultOf(session.transport.start());
    await heard;

    clock.advance(9_000);

    expect((await starting).fault).toEqual({ kind: 'stream-silent', silentMs: 9_000 });
  });
});

/** Timers that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((it) => it === 'Timeout').length;
}

function endpointIs(url: string): Answers[string] {
  return (_, response) => void stream(response).write(`event: endpoint\ndata: ${url}\n\n`);
}
