import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { openBlackHole, refusedPort } from '../../../../src/testing/ports.ts';
import { LINGER_MS } from '../../../../src/transport/http/linger.ts';
import { gone, startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endless,
  endpoint,
  json,
  result,
  SESSION_ID,
  status,
  streamableAnswers,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('a request over Streamable HTTP that is answered with a status', () => {
  it.each([
    [401, 'refused', { kind: 'unauthorized', status: 401 }],
    [403, 'refused', { kind: 'unauthorized', status: 403 }],
    [404, 'refused', { kind: 'session-lost', status: 404 }],
    [405, 'refused', { kind: 'http-status', status: 405 }],
    [429, 'refused', { kind: 'http-status', status: 429 }],
    [500, 'unknown', { kind: 'http-status', status: 500 }],
    [502, 'unknown', { kind: 'http-status', status: 502 }],
    [503, 'unknown', { kind: 'http-status', status: 503 }],
  ])('fails with its own fault for %i, outcome %s', async (code, outcome, fault) => {
    await withStreamable({ 'tools/call': status(code, {}, 'secret body') }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault, outcome });
      expect(failure.error.message).not.toContain('secret body');
    });
  });

  it.each([
    ['seconds', '2', 2_000],
    ['far too many seconds', '99999999', 2_147_483_647],
    ['a date in the past', 'Wed, 21 Oct 2015 07:28:00 GMT', 0],
  ])('says how long to wait when Retry-After gives %s', async (_, value, retryAfterMs) => {
    for (const code of [429, 503]) {
      await withStreamable({ 'tools/call': status(code, { 'retry-after': value }) }, async (session) => {
        const failure = await faultOf(call(session));

        expect(failure).toMatchObject({
          fault: { kind: 'http-status', status: code, retryAfterMs },
          outcome: 'refused',
        });
      });
    }
  });

  it('fails before its body is there, and a body without end is broken off, however fast it comes', async () => {
    const answers: Answers = { 'tools/call': (_, response) => endless(response.writeHead(500)) };
    await using server = await startHttpServer(streamableAnswers(answers));
    await using session = await streamableSession(endpoint(server), {}, { clock: new ManualClock() }).connect();

    await faultOf(call(session));

    await gone((await server.request('POST tools/call')).socket);
    expect(session.faults).toEqual([]);
  });

  it('gives a body that stays open two seconds before it is broken off', async () => {
    const clock = new ManualClock();
    const answers: Answers = { 'tools/call': (_, response) => void response.writeHead(500).write('wait') };
    await using server = await startHttpServer(streamableAnswers(answers));
    await using session = await streamableSession(endpoint(server), {}, { clock }).connect();
    await faultOf(call(session));
    const { socket } = await server.request('POST tools/call');
    clock.advance(LINGER_MS);
    await session.client.ping();
    expect(socket.destroyed).toBe(false);

    clock.advance(LINGER_MS);

    await gone(socket);
  });
});

describe('a session over Streamable HTTP', () => {
  it('is lost with a 404: the request is refused first, then the transport sends nothing more', async () => {
    await withStreamable({ 'tools/call': status(404) }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'session-lost', status: 404 }, outcome: 'refused' });
      await session.fault();
      expect(session.calls).toEqual(['open', 'fault session-lost']);
      expect(await faultOf(call(session))).toMatchObject({ fault: { kind: 'session-lost' }, outcome: 'not-sent' });
    });
  });

  it('leaves the replies that are under way their time when it is lost', async () => {
    let answer = () => {};
    const late: Answers[string] = ({ message }, response) => {
      answer = () => json(response, result(message, { content: [] }));
    };
    await withStreamable({ 'tools/call': late, ping: status(404) }, async (session, server) => {
      const underWay = call(session);
      await server.request('POST tools/call');
      await faultOf(session.client.ping());
      await session.fault();

      answer();

      await expect(underWay).resolves.toMatchObject({ content: [] });
      expect(session.calls).toEqual(['open', 'fault session-lost']);
    });
  });

  it('is over at once when those replies flood', async () => {
    let flood = () => {};
    const late: Answers[string] = (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      flood = () => response.write('data: nothing\n\n'.repeat(50));
    };
    const limits = { maxMessagesPerSecond: 10 };
    await withStreamable(
      { 'tools/call': late, ping: status(404) },
      async (session, server) => {
        const underWay = faultOf(call(session));
        await server.request('POST tools/call');
        await faultOf(session.client.ping());
        await session.fault();

        flood();

        await expect(underWay).rejects.toThrow('Connection closed');
        expect(session.calls).toEqual(['open', 'fault session-lost', 'close']);
      },
      { limits },
    );
  });

  it('is lost with a 400 when a ping gets 400 too, and many 400s are checked once', async () => {
    let isLost = false;
    const forget =
      (reply: Answers[string]): Answers[string] =>
      (received, response) =>
        isLost ? status(400)(received, response) : reply?.(received, response);
    const ok: Answers[string] = ({ message }, response) => json(response, result(message, { content: [] }));
    await withStreamable({ 'tools/call': forget(ok), ping: forget(ok) }, async (session, server) => {
      await call(session);
      isLost = true;

      const failures = await Promise.all([faultOf(call(session)), faultOf(call(session)), faultOf(call(session))]);

      for (const failure of failures) {
        expect(failure).toMatchObject({ fault: { kind: 'session-lost', status: 400 }, outcome: 'refused' });
      }
      expect(session.faults).toEqual([{ kind: 'session-lost', status: 400 }]);
      expect(server.seen.filter((it) => it === 'POST ping').length).toBe(1);
    });
  });

  it('is kept with a 400 when a ping is answered: the request alone is refused', async () => {
    await withStreamable({ 'tools/call': status(400) }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'http-status', status: 400 }, outcome: 'refused' });
      expect(session.faults).toEqual([]);
      await expect(session.client.ping()).resolves.toEqual({});
    });
  });

  it('is not looked for when the server gave none', async () => {
    const initialize: Answers[string] = ({ message }, response) =>
      json(
        response,
        result(message, { protocolVersion: '2025-11-25', capabilities: {}, serverInfo: { name: 'a', version: '1' } }),
      );
    await withStreamable({ initialize, 'tools/call': status(404) }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure.fault).toEqual({ kind: 'http-status', status: 404 });
      expect(session.faults).toEqual([]);
      expect(session.carrier.details).toEqual({ transport: 'streamable_http' });
    });
  });

  it('cannot be replaced by a later answer', async () => {
    const answer: Answers[string] = ({ message }, response) =>
      json(response, result(message, { content: [] }), { 'mcp-session-id': 'another-session' });
    await withStreamable({ 'tools/call': answer }, async (session, server) => {
      await call(session);
      await session.client.ping();

      expect((await server.request('POST ping')).headers['mcp-session-id']).toBe(SESSION_ID);
    });
  });
});

describe('a request over Streamable HTTP that does not get through', () => {
  it('was not sent when the connection is refused', async () => {
    const url = `http://127.0.0.1:${await refusedPort()}/mcp`;
    await using session = await streamableSession(url).begin();

    const failure = await faultOf(session.client.connect(session.transport));

    expect(failure).toMatchObject({ fault: { kind: 'unreachable', errno: 'ECONNREFUSED' }, outcome: 'not-sent' });
  });

  it('was not sent when the name does not exist', async () => {
    await using session = await streamableSession('http://server.invalid/mcp').begin();

    const failure = await faultOf(session.client.connect(session.transport));

    expect(failure).toMatchObject({ fault: { kind: 'unreachable' }, outcome: 'not-sent' });
  });

  it('was not sent when TLS fails, and the code of TLS is kept', async () => {
    await using server = await startHttpServer(streamableAnswers());
    await using session = await streamableSession(`https://127.0.0.1:${server.port}/mcp`).begin();

    const failure = await faultOf(session.client.connect(session.transport));

    expect(failure).toMatchObject({ fault: { kind: 'unreachable' }, outcome: 'not-sent' });
    expect((failure.fault as { errno: string }).errno).toMatch(/^(ERR_SSL_|EPROTO)/);
  });

  it('may have run when the connection breaks before the answer', async () => {
    const answer: Answers[string] = ({ socket }) => void socket.resetAndDestroy();
    await withStreamable({ 'tools/call': answer }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'unreachable' }, outcome: 'unknown' });
      expect(session.faults).toEqual([]);
    });
  });

  it('fails at once when what answers is not HTTP', async () => {
    const server = createServer(
      (socket) =>
        void socket
          .on('error', () => undefined)
          .resume()
          .end('SSH-2.0-server\r\n'),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const session = await streamableSession(`http://127.0.0.1:${port}/mcp`).begin();

    const failure = await faultOf(session.client.connect(session.transport));

    expect(failure.fault.kind).toBe('unreachable');
    await session.carrier.release();
    await new Promise((resolve) => server.close(resolve));
  });

  it('is ended, and its socket with it, when a server that never answers is given up', async () => {
    await using hole = await openBlackHole();
    await using session = await streamableSession(hole.url).begin();
    const connecting = session.client.connect(session.transport, { timeout: 60_000 });
    await hole.nextConnection();

    await session.transport.close();

    await expect(connecting).rejects.toThrow();
    await hole.drained();
  });
});
