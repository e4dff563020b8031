import { describe, expect, it } from 'vitest';
import { gone } from '../../../fixtures/http/http-server.ts';
import {
  type Answers,
  endless,
  event,
  json,
  progress,
  result,
  status,
  stream,
} from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

const REPLY_LOST = { fault: { kind: 'reply-lost' }, outcome: 'unknown' };

describe('a reply over Streamable HTTP that cannot come any more', () => {
  const lost: Record<string, Answers[string]> = {
    'its stream ends without it': (_, response) => void stream(response).end(),
    'its stream ends after something else': ({ message }, response) => void stream(response).end(progress(message, 1)),
    'its stream is reset': (_, response) => {
      stream(response).write(': wait\n\n');
      setImmediate(() => response.socket?.resetAndDestroy());
    },
    'its JSON body is cut half way': ({ message }, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
      response.write(JSON.stringify(result(message, {})));
      setImmediate(() => response.socket?.destroy());
    },
    'its JSON body carries another id': ({ message }, response) => json(response, result({ ...message, id: 999 }, {})),
    'its stream carries another id': ({ message }, response) =>
      void stream(response).end(event(result({ ...message, id: 999 }, {}))),
    'the request is accepted without one (202)': status(202),
  };

  it.each(Object.entries(lost))('fails its request with reply-lost within 50 ms when %s', async (_, answer) => {
    let answeredAtMs = 0;
    const answers: Answers = {
      'tools/call': (received, response) => {
        answeredAtMs = performance.now();
        return answer?.(received, response);
      },
    };
    await withStreamable(answers, async (session) => {
      const tookMs: number[] = [];
      for (let count = 0; count < 3; count += 1) {
        expect(await faultOf(call(session))).toMatchObject(REPLY_LOST);
        tookMs.push(performance.now() - answeredAtMs);
      }

      // The least of three: others may use this machine too.
      expect(Math.min(...tookMs)).toBeLessThan(50);
      expect(session.faults).toEqual([]);
      await expect(session.client.ping()).resolves.toEqual({});
    });
  });

  const malformed: Record<string, Answers[string]> = {
    'a body that is not JSON': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/json' }).end('<html>');
    },
    'a reply that is not JSON-RPC': ({ message }, response) => json(response, { id: message.id, result: 7 }),
    'a reply on a stream that is not JSON-RPC': ({ message }, response) =>
      void stream(response).write(event({ id: message.id, result: 7 })),
    'another content type': status(200, { 'content-type': 'text/html' }, '<html></html>'),
    'a compressed body': status(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }, 'zip'),
  };

  it.each(Object.entries(malformed))('fails its request with malformed-message for %s', async (_, answer) => {
    await withStreamable({ 'tools/call': answer }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'malformed-message' }, outcome: 'unknown' });
      await expect(session.client.ping()).resolves.toEqual({});
    });
  });

  it('fails its request alone when the stream is silent for sseReadTimeoutMs', async () => {
    await withStreamable(
      { 'tools/call': (_, response) => void stream(response).write(': here\n\n') },
      async (session, server) => {
        const failure = await faultOf(call(session));

        expect(failure).toMatchObject({ fault: { kind: 'stream-silent' }, outcome: 'unknown' });
        expect(session.faults).toEqual([]);
        await session.client.ping();
        await session.carrier.release();
        await server.drained();
      },
      { sseReadTimeoutMs: 60 },
    );
  });

  const tooLarge: Record<string, Answers[string]> = {
    'a JSON body without end': (_, response) =>
      endless(response.writeHead(200, { 'content-type': 'application/json' })),
    'a stream without a line end': (_, response) => endless(stream(response)),
    'an event without end': (_, response) => endless(stream(response), 'data: more and more of it\n'),
  };

  it.each(Object.entries(tooLarge))('fails its request with message-too-large for %s', async (_, answer) => {
    await withStreamable(
      { 'tools/call': answer },
      async (session, server) => {
        const failure = await faultOf(call(session));

        expect(failure).toMatchObject({
          fault: { kind: 'message-too-large', limitBytes: 100_000 },
          outcome: 'unknown',
        });
        await gone((await server.request('POST tools/call')).socket);
        await expect(session.client.ping()).resolves.toEqual({});
      },
      { limits: { maxMessageBytes: 100_000 } },
    );
  });
});
