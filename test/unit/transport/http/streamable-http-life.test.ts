import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/clock.ts';
import { openBlackHole } from '../../../../src/testing/ports.ts';
import { UNLIMITED } from '../../../../src/transport/http/socket-pool.ts';
import { createStreamableHttpCarrier } from '../../../../src/transport/http/streamable-http-carrier.ts';
import { gone, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endpoint,
  hang,
  SESSION_ID,
  status,
  stream,
  streamableAnswers,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('the farewell of Streamable HTTP', () => {
  it('deletes the session', async () => {
    await withStreamable({}, async (session, server) => {
      await session.transport.farewell();

      const { headers } = await server.request('DELETE');
      expect(headers['mcp-session-id']).toBe(SESSION_ID);
    });
  });

  it.each([405, 404, 500])('resolves when the server answers %i', async (code) => {
    await withStreamable({ DELETE: status(code) }, (session) => session.transport.farewell());
  });

  it('resolves after terminateTimeoutMs when the server hangs', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(streamableAnswers({ DELETE: hang }));
    await using session = await streamableSession(endpoint(server), { terminateTimeoutMs: 700 }, { clock }).connect();
    const farewell = session.transport.farewell();
    await server.request('DELETE');

    clock.advance(700);

    await farewell;
  });

  it('says nothing without a session, after the session was lost, and after close', async () => {
    await withStreamable({ 'tools/call': status(404) }, async (session, server) => {
      await faultOf(call(session));
      await session.fault();
      await session.transport.farewell();
      await session.transport.close();
      await session.transport.farewell();

      expect(server.seen).not.toContain('DELETE');
    });
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(endpoint(server)).begin();
    await session.transport.farewell();
    expect(server.seen).toEqual([]);
  });
});

describe('closing a Streamable HTTP transport', () => {
  const busy: Answers = {
    'tools/call': hang,
    GET: (_, response) => void stream(response),
  };

  it('ends what is under way, calls nobody any more, and leaves no socket in use', async () => {
    await withStreamable(busy, async (session, server) => {
      const calling = call(session);
      calling.catch(() => {});
      const { socket } = await server.request('POST tools/call');
      const push = await server.request('GET');

      await session.transport.close();
      await session.transport.close();

      await expect(calling).rejects.toThrow();
      await gone(socket);
      await gone(push.socket);
      expect(session.calls).toEqual(['open', 'close']);
      expect(session.errors).toEqual([]);
      await expect(session.transport.send({ jsonrpc: '2.0', id: 9, method: 'ping' })).rejects.toMatchObject({
        fault: { kind: 'closed' },
        outcome: 'not-sent',
      });
    });
  });

  it('leaves no timer behind, not even of streams that waited to be opened again', async () => {
    const clock = new ManualClock();
    const primed: Answers[string] = (_, response) => void stream(response).end('id: 1\nretry: 90000\ndata:\n\n');
    await using server = await startHttpServer(streamableAnswers({ 'tools/call': primed, GET: primed }));
    await using session = await streamableSession(endpoint(server), {}, { clock }).connect();
    const calls = [call(session), call(session), call(session)];
    for (const calling of calls) calling.catch(() => {});
    await server.request('POST tools/call', 3);
    await session.client.ping();
    expect(clock.pendingCount).toBeGreaterThan(0);

    await session.carrier.release();

    await Promise.allSettled(calls);
    expect(clock.pendingCount).toBe(0);
  });
});

describe('the carrier of Streamable HTTP', () => {
  const context = { clock: systemClock, scrub: (text: string) => text };
  const config = { name: 'server', transport: 'streamable_http', url: 'http://127.0.0.1:9/mcp' } as const;

  it('is released in every phase: before start, after start, and twice', async () => {
    const carrier = createStreamableHttpCarrier(config, context);
    expect(carrier.release()).toBe(carrier.release());
    await carrier.release();
    await expect(carrier.start(new AbortController().signal)).rejects.toMatchObject({ fault: { kind: 'closed' } });

    const started = createStreamableHttpCarrier(config, context);
    await started.start(new AbortController().signal);
    started.destroy();
    started.destroy();
    await started.release();
  });

  it('does not start when the signal is aborted', async () => {
    const carrier = createStreamableHttpCarrier(config, context);

    await expect(carrier.start(AbortSignal.abort())).rejects.toMatchObject({ fault: { kind: 'closed' } });
  });

  it('closes the sockets of a handshake under way', async () => {
    await using hole = await openBlackHole();
    const session = await streamableSession(hole.url).begin();
    const connecting = faultOf(session.transport.send({ jsonrpc: '2.0', id: 0, method: 'initialize', params: {} }));
    await hole.nextConnection();

    await session.carrier.release();

    expect(await connecting).toMatchObject({ fault: { kind: 'closed' } });
    await hole.drained();
  });

  it('closes idle sockets and busy ones with destroy, without waiting', async () => {
    await withStreamable({ 'tools/call': hang }, async (session, server) => {
      const calling = call(session);
      calling.catch(() => {});
      await server.request('POST tools/call');

      session.carrier.destroy();

      await expect(calling).rejects.toThrow();
      await server.drained();
    });
  });

  it('shows of the session id what cannot be used', async () => {
    await withStreamable({}, async (session) => {
      expect(session.carrier.details).toEqual({
        transport: 'streamable_http',
        sessionId: `${SESSION_ID.slice(0, 4)}…`,
      });
    });
  });

  it('cuts no answer and no stream by itself, however long it takes', () => {
    expect(UNLIMITED).toEqual({ headersTimeout: 0, bodyTimeout: 0 });
  });
});
