import type { ServerResponse } from 'node:http';
import { ToolListChangedNotificationSchema } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endless,
  endpoint,
  event,
  listChanged,
  SESSION_ID,
  status,
  stream,
  streamableAnswers,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, type HttpSession, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

/** Resolves when the client has heard that its list of tools changed. */
function changed(session: HttpSession): Promise<void> {
  return new Promise((resolve) => {
    session.client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve());
  });
}

describe('the stream of what a Streamable HTTP server sends unasked', () => {
  it('carries notifications, with the session and the headers of the configuration', async () => {
    let push: ServerResponse | undefined;
    const answers: Answers = {
      GET: (_, response) => {
        push = stream(response);
      },
    };
    await withStreamable(
      answers,
      async (session, server) => {
        const heard = changed(session);
        const { headers } = await server.request('GET');
        push?.write(event(listChanged()));

        await heard;
        expect(headers).toMatchObject({ 'mcp-session-id': SESSION_ID, 'x-own': 'yes', accept: 'text/event-stream' });
        expect(headers['mcp-protocol-version']).toBe('2025-11-25');
      },
      { headers: { 'X-Own': 'yes' } },
    );
  });

  it.each([405, 404, 400, 401, 500])('is done without when the server answers %i', async (code) => {
    await withStreamable({ GET: status(code) }, async (session, server) => {
      await server.request('GET');
      await call(session);

      expect(session.faults).toEqual([]);
      expect(server.seen.filter((it) => it === 'GET').length).toBe(1);
    });
  });

  it('is done without when the server answers with something else', async () => {
    await withStreamable({ GET: status(200, { 'content-type': 'text/html' }, 'hello') }, async (session, server) => {
      await server.request('GET');
      await call(session);

      expect(session.faults).toEqual([]);
    });
  });

  it.each([
    ['is reset', (response: ServerResponse) => void response.socket?.resetAndDestroy()],
    ['ends', (response: ServerResponse) => void response.end()],
  ])('is opened again from the last event when it %s, and notifications go on', async (_, breakIt) => {
    let count = 0;
    const answers: Answers = {
      GET: (_received, response) => {
        count += 1;
        stream(response);
        if (count === 1) response.write(`retry: 5\n${event(listChanged(), 'event-7')}`, () => breakIt(response));
        else response.write(event(listChanged()));
      },
    };
    await withStreamable(answers, async (session, server) => {
      const again = await server.request('GET', 2);
      await changed(session);

      expect(again.headers['last-event-id']).toBe('event-7');
      expect(session.faults).toEqual([]);
    });
  });

  it('ends the transport with stream-ended when it cannot be opened again twice', async () => {
    const answers: Answers = {
      GET: ({ headers }, response) =>
        headers['last-event-id'] === undefined
          ? void stream(response).end('id: 1\nretry: 5\ndata:\n\n')
          : void response.writeHead(503).end(),
    };
    await withStreamable(answers, async (session, server) => {
      expect(await session.fault()).toEqual({ kind: 'stream-ended' });
      expect(session.calls).toEqual(['open', 'fault stream-ended', 'close']);
      expect(server.seen.filter((it) => it === 'GET').length).toBe(3);
    });
  });

  it('ends the transport with stream-ended when the server has gone', async () => {
    const answers: Answers = { GET: (_, response) => void stream(response).write('retry: 5\n\n') };
    await withStreamable(answers, async (session, server) => {
      await server.request('GET');
      await session.client.ping();
      await server.stop();

      expect(await session.fault()).toEqual({ kind: 'stream-ended' });
    });
  });

  it('shows at once that a server that came back has lost the session', async () => {
    let isLost = false;
    const answers: Answers = {
      GET: (received, response) =>
        isLost ? status(404)(received, response) : void stream(response).end('retry: 5\n\n'),
    };
    await withStreamable(answers, async (session, server) => {
      await server.request('GET', 2);
      isLost = true;

      expect(await session.fault()).toEqual({ kind: 'session-lost', status: 404 });
      await session.transport.farewell();
      expect(server.seen).not.toContain('DELETE');
    });
  });

  it('ends the transport with flooded when the server makes us open it without end (retry: 0)', async () => {
    await withStreamable(
      { GET: (_, response) => void stream(response).end('retry: 0\n\n') },
      async (session, server) => {
        expect(await session.fault()).toEqual({ kind: 'flooded', what: 'streams' });
        expect(server.seen.filter((it) => it === 'GET').length).toBe(60);
      },
    );
  });

  it('ends the transport with message-too-large when an event has no end', async () => {
    await withStreamable(
      { GET: (_, response) => endless(stream(response)) },
      async (session) => {
        expect(await session.fault()).toEqual({ kind: 'message-too-large', limitBytes: 50_000 });
      },
      { limits: { maxMessageBytes: 50_000 } },
    );
  });

  it('is opened again, and is no fault, when it is silent for sseReadTimeoutMs', async () => {
    const clock = new ManualClock();
    await using server = await startHttpServer(streamableAnswers({ GET: (_, response) => void stream(response) }));
    await using session = await streamableSession(endpoint(server), { sseReadTimeoutMs: 5_000 }, { clock }).connect();
    const { socket } = await server.request('GET');
    await session.client.ping();

    const closed = new Promise((resolve) => socket.once('close', resolve));
    clock.advance(5_000);
    await closed;
    clock.advance(1_000);
    await server.request('GET', 2);

    expect(session.faults).toEqual([]);
  });

  it('ends the transport with foreign-redirect when it is redirected to another origin', async () => {
    await withStreamable({ GET: status(307, { location: 'http://127.0.0.1:9/mcp' }) }, async (session) => {
      expect(await session.fault()).toEqual({ kind: 'foreign-redirect', status: 307 });
    });
  });
});
