import { describe, expect, it } from 'vitest';
import { startHttpServer } from '../../../fixtures/http/http-server.ts';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import {
  type Answers,
  endpoint,
  event,
  result,
  SESSION_ID,
  status,
  stream,
  streamableAnswers,
  text,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

const REPLY_LOST = { fault: { kind: 'reply-lost' }, outcome: 'unknown' };

describe('a reply stream over Streamable HTTP whose events have ids', () => {
  it('is opened again from the last event when it breaks, and the request succeeds', async () => {
    const answers: Answers = {
      'tools/call': ({ message }, response) => {
        stream(response).write('id: event-1\nretry: 5\ndata:\n\n');
        answers['GET'] = ({ headers }, second) =>
          headers['last-event-id'] === 'event-1'
            ? void stream(second).end(event(result(message, text('resumed')), 'event-2'))
            : void second.writeHead(405).end();
        setImmediate(() => response.socket?.resetAndDestroy());
      },
      GET: (_, response) => void response.writeHead(405).end(),
    };
    await withStreamable(
      { ...answers, GET: (it, response) => answers['GET']?.(it, response) },
      async (session, server) => {
        const reply = await call(session);

        expect(reply.content).toEqual([{ type: 'text', text: 'resumed' }]);
        const resumption = await server.request('GET', 2);
        expect(resumption.headers).toMatchObject({ 'last-event-id': 'event-1', 'mcp-session-id': SESSION_ID });
        expect(resumption.headers['content-type']).toBeUndefined();
        expect(session.faults).toEqual([]);
      },
    );
  });

  it('fails its request with reply-lost when opening it again fails twice', async () => {
    await withStreamable(
      {
        'tools/call': (_, response) => void stream(response).end('id: event-1\nretry: 5\ndata:\n\n'),
        GET: status(500),
      },
      async (session, server) => {
        const failure = await faultOf(call(session));

        expect(failure).toMatchObject(REPLY_LOST);
        // The first one is the SDK asking for a stream of notifications.
        expect(server.seen.filter((it) => it === 'GET').length).toBe(3);
        expect(session.faults).toEqual([]);
      },
    );
  });

  it('is not opened again once the reply was an error', async () => {
    const clock = new ManualClock();
    const answer = { jsonrpc: '2.0', error: { code: -32_603, message: 'no' } };
    await using server = await startHttpServer(
      streamableAnswers({
        'tools/call': ({ message }, response) =>
          void stream(response).end(event({ ...answer, id: message.id }, 'event-1')),
      }),
    );
    await using session = await streamableSession(endpoint(server), {}, { clock }).connect();
    await expect(call(session)).rejects.toMatchObject({ code: -32_603 });

    clock.advance(60_000);
    await session.client.ping();

    expect(server.seen.filter((it) => it === 'GET').length).toBe(1);
  });
});
