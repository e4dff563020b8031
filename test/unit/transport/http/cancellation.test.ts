import { describe, expect, it } from 'vitest';
import { gone, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import { type Answers, endpoint, hang, stream, streamableAnswers } from '../../../fixtures/http/mcp-answers.ts';
import { call, cancelledCall, faultOf, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('a request over Streamable HTTP that is cancelled', () => {
  const open: Record<string, Answers[string]> = {
    'that is not answered': hang,
    'whose stream stays open': (_, response) => void stream(response).write(': wait\n\n'),
    'whose JSON body stays open': (_, response) =>
      void response.writeHead(200, { 'content-type': 'application/json' }).write('{'),
  };

  it.each(Object.entries(open))('frees its socket: one %s', async (_, answer) => {
    await withStreamable({ 'tools/call': answer }, async (session, server) => {
      const { socket } = await cancelledCall(session, server);

      await gone(socket);
      const { message } = await server.request('POST notifications/cancelled');
      expect(message.params).toMatchObject({ requestId: 1 });
      expect(session.errors).toEqual([]);
      expect(session.faults).toEqual([]);
    });
  });

  it('waits no more between two tries to open its stream again', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(
      streamableAnswers({ 'tools/call': (_, response) => void stream(response).end('id: event-1\ndata:\n\n') }),
    );
    await using session = await streamableSession(endpoint(server), {}, { clock }).connect();
    const own = new AbortController();
    const calling = session.client.callTool({ name: 'tool' }, undefined, { signal: own.signal });
    calling.catch(() => {});
    const { socket } = await server.request('POST tools/call');
    await session.client.ping();
    expect(socket.destroyed).toBe(false);
    own.abort();
    await expect(calling).rejects.toThrow();
    await server.request('POST notifications/cancelled');

    clock.advance(60_000);
    await session.client.ping();

    expect(server.seen.filter((it) => it === 'GET').length).toBe(1);
  });

  it('is not told to a server that never saw it', async () => {
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(endpoint(server)).connect();
    await server.stop();

    await faultOf(call(session));
    await server.listen();

    expect(server.seen).not.toContain('POST notifications/cancelled');
  });
});
