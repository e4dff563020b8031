import { describe, expect, it } from 'vitest';
import { gone, type HttpServer, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endless,
  event,
  hang,
  result,
  sseAnswers,
  status,
  stream,
  text,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, cancelledCall, faultOf, type HttpSession, sseSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

async function withSse<T>(
  answers: Answers,
  run: (session: HttpSession, server: HttpServer) => Promise<T>,
  config: Parameters<typeof sseSession>[1] = {},
): Promise<T> {
  await using server = await startHttpServer(sseAnswers(answers));
  await using session = await sseSession(`${server.origin}/sse`, config).connect();
  return await run(session, server);
}

describe('an open HTTP+SSE transport', () => {
  it('delivers a reply of 50 MB', async () => {
    const body = 'x'.repeat(50 * 1024 * 1024);
    const answers: Answers = {
      'tools/call': ({ message }, response) => {
        response.writeHead(202).end();
        void answers['push']?.({ message: result(message, text(body)) } as never, response);
      },
    };
    await using server = await startHttpServer(sseAnswers(answers));
    await using session = await sseSession(`${server.origin}/sse`).begin();
    server.handler = withStream(server.handler, answers);
    await session.client.connect(session.transport);

    const reply = await call(session);

    expect((reply.content[0] as { text: string }).text.length).toBe(body.length);
  });

  it.each([
    ['is reset', (server: HttpServer) => server.cut()],
    ['ends with the server', (server: HttpServer) => void server.stop()],
  ])(
    'ends with stream-ended when its stream %s: calls fail at once, and no second stream is opened',
    async (_, end) => {
      await withSse({ 'tools/call': status(202) }, async (session, server) => {
        const calling = call(session);
        calling.catch(() => {});
        await server.request('POST tools/call');

        end(server);

        expect(await session.fault()).toEqual({ kind: 'stream-ended' });
        await expect(calling).rejects.toThrow();
        expect(session.calls).toEqual(['open', 'fault stream-ended', 'close']);
        await expect(session.transport.send({ jsonrpc: '2.0', id: 5, method: 'ping' })).rejects.toMatchObject({
          fault: { kind: 'stream-ended' },
          outcome: 'not-sent',
        });
      });
    },
  );

  it('asks for no second stream when the server ends the first one with retry: 0', async () => {
    const answers: Answers = {
      GET: (_, response) => void stream(response).end('retry: 0\nevent: endpoint\ndata: /message\n\n'),
    };
    await using server = await startHttpServer(sseAnswers(answers));
    await using session = await sseSession(`${server.origin}/sse`).begin();
    await session.transport.start().catch(() => {});
    if (session.calls.includes('open')) await session.fault();
    await session.carrier.release();
    await server.drained();

    expect(server.seen).toEqual(['GET']);
  });

  it('delivers what came right before the end of the stream', async () => {
    const answers: Answers = {};
    await using server = await startHttpServer(sseAnswers(answers));
    await using session = await sseSession(`${server.origin}/sse`).begin();
    answers['tools/call'] = ({ message }, response) => {
      response.writeHead(202).end();
      void answers['last']?.({ message: result(message, text('last words')) } as never, response);
    };
    server.handler = withStream(server.handler, answers);
    await session.client.connect(session.transport);

    const reply = await call(session);

    expect(reply.content).toEqual([{ type: 'text', text: 'last words' }]);
    expect(await session.fault()).toEqual({ kind: 'stream-ended' });
  });

  it('ends with stream-silent after sseReadTimeoutMs without a byte', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(sseAnswers());
    await using session = await sseSession(`${server.origin}/sse`, { sseReadTimeoutMs: 4_000 }, { clock }).connect();
    clock.advance(3_999);
    await session.client.ping();
    clock.advance(3_999);
    expect(session.faults).toEqual([]);

    clock.advance(1);

    expect(session.faults).toEqual([{ kind: 'stream-silent', silentMs: 4_000 }]);
  });

  it('sets no timer of a length that the server chose, whatever its retry says', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', note);
    const answers: Answers = {
      GET: (_, response) => {
        stream(response).write(`retry: ${'9'.repeat(20)}\nevent: endpoint\ndata: /message\n\n`);
        response.end('event: error\ndata: x\n\nretry: 99999999999\n\n');
      },
    };
    await using server = await startHttpServer(sseAnswers(answers));
    await using session = await sseSession(`${server.origin}/sse`).begin();
    await session.transport.start().catch(() => {});
    await session.carrier.release();
    // A warning is told a turn later.
    await new Promise((resolve) => setImmediate(resolve));

    expect(warnings).toEqual([]);
    process.off('warning', note);
  });

  it('ends with message-too-large when an event has no end', async () => {
    const answers: Answers = {
      GET: (_, response) => {
        stream(response).write('event: endpoint\ndata: /message\n\n');
        endless(response);
      },
    };
    await using server = await startHttpServer(sseAnswers(answers));
    await using session = await sseSession(`${server.origin}/sse`, { limits: { maxMessageBytes: 200_000 } }).begin();
    const starting = session.transport.start().catch((error: unknown) => error);

    const ended = await Promise.race([session.fault(), starting.then(() => session.fault())]);

    expect(ended).toEqual({ kind: 'message-too-large', limitBytes: 200_000 });
  });

  it.each([
    [401, { kind: 'unauthorized', status: 401 }, 'refused'],
    [429, { kind: 'http-status', status: 429, retryAfterMs: 2_000 }, 'refused'],
    [500, { kind: 'http-status', status: 500 }, 'unknown'],
    [400, { kind: 'http-status', status: 400 }, 'refused'],
  ])('fails a message that is answered with %i alone', async (code, fault, outcome) => {
    await withSse({ 'tools/call': status(code, { 'retry-after': '2' }, 'body') }, async (session) => {
      expect(await faultOf(call(session))).toMatchObject({ fault, outcome });
      expect(session.faults).toEqual([]);
      await expect(session.client.ping()).resolves.toEqual({});
    });
  });

  it.each([404, 400])('ends with session-lost when the server forgot the session (%i)', async (code) => {
    const answers: Answers = { 'tools/call': status(code), ping: status(code) };
    await withSse(answers, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'session-lost', status: code }, outcome: 'refused' });
      expect(await session.fault()).toEqual({ kind: 'session-lost', status: code });
    });
  });

  it('refuses a redirect of a message to another origin, and one that changes the method', async () => {
    await withSse({ 'tools/call': status(307, { location: 'http://127.0.0.1:9/' }) }, async (session) => {
      expect(await faultOf(call(session))).toMatchObject({ fault: { kind: 'foreign-redirect' }, outcome: 'refused' });
    });
    await withSse({ 'tools/call': status(302, { location: '/message' }) }, async (session) => {
      expect(await faultOf(call(session))).toMatchObject({ fault: { status: 302 }, outcome: 'refused' });
    });
  });

  it('frees the socket of a cancelled request whose message was never accepted', async () => {
    await withSse({ 'tools/call': hang }, async (session, server) => {
      const { socket } = await cancelledCall(session, server);

      await gone(socket);
      await server.request('POST notifications/cancelled');
      expect(session.errors).toEqual([]);
    });
  });

  it('keeps what is secret out of its faults', async () => {
    const canary = 'canary-77';
    await using server = await startHttpServer(sseAnswers({ 'tools/call': status(500, {}, canary) }));
    const url = `http://user:${canary}@127.0.0.1:${server.port}/sse?key=${canary}`;
    await using session = await sseSession(url, { headers: { 'X-Key': canary } }).connect();

    const failure = await faultOf(call(session));
    server.cut();
    await session.fault();

    const shown = [failure.error, ...session.errors].map((error) => [error.message, error.stack, error.cause]);
    expect(JSON.stringify([shown, failure.fault, session.faults, session.carrier.details])).not.toContain(canary);
    expect((await server.request('POST tools/call')).headers['x-key']).toBe(canary);
  });

  it('closes at once, calls nobody any more, and leaves no socket', async () => {
    await withSse({ 'tools/call': hang }, async (session, server) => {
      const calling = call(session);
      calling.catch(() => {});
      await server.request('POST tools/call');

      await session.transport.close();
      await session.transport.close();
      await session.carrier.release();

      await expect(calling).rejects.toThrow();
      await server.drained();
      expect(session.calls).toEqual(['open', 'close']);
    });
  });
});

/** Lets an answer write on the stream: `push` writes a message, `last` writes one and ends the stream. */
function withStream(handler: HttpServer['handler'], answers: Answers): HttpServer['handler'] {
  return (received, response) => {
    if (received.method === 'GET') {
      answers['push'] = ({ message }) => void response.write(event(message));
      answers['last'] = ({ message }) => void response.end(event(message));
    }
    return handler(received, response);
  };
}
