import { describe, expect, it } from 'vitest';
import { describeFault } from '../../../../src/fault.ts';
import { startHttpServer } from '../../../fixtures/http/http-server.ts';
import { type Answers, accept, json, result, status, streamableAnswers } from '../../../fixtures/http/mcp-answers.ts';
import { call, faultOf, type HttpSession, streamableSession, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('a redirect over Streamable HTTP', () => {
  it('is followed within the origin, and keeps the request', async () => {
    const moved: Answers[string] = ({ path, message }, response) => {
      if (path === '/mcp') response.writeHead(308, { location: '/moved' }).end();
      else json(response, result(message, { content: [] }));
    };
    await withStreamable({ 'tools/call': moved }, async (session, server) => {
      await expect(call(session)).resolves.toEqual({ content: [] });
      expect((await server.request('POST tools/call', 2)).path).toBe('/moved');
    });
  });

  it.each([302, 307])(
    'to another origin is refused with foreign-redirect (%i), and nothing is sent there',
    async (code) => {
      await using foreign = await startHttpServer(accept);
      const away = status(code, { location: `${foreign.origin}/mcp?token=canary` });
      await withStreamable({ 'tools/call': away }, async (session) => {
        const failure = await faultOf(call(session));

        expect(failure).toMatchObject({ fault: { kind: 'foreign-redirect', status: code }, outcome: 'refused' });
        expect(failure.error.message).not.toContain('canary');
        expect(foreign.seen).toEqual([]);
      });
    },
  );

  it.each([
    ['that would change the method', 303],
    ['without end', 307],
  ])('%s is refused with its status', async (_, code) => {
    await withStreamable({ 'tools/call': status(code, { location: '/mcp' }) }, async (session) => {
      const failure = await faultOf(call(session));

      expect(failure).toMatchObject({ fault: { kind: 'http-status', status: code }, outcome: 'refused' });
    });
  });
});

describe('what is secret in a configuration', () => {
  const CANARY = 'canary-5f3a';
  const failing: Record<string, (session: HttpSession) => Promise<unknown>> = {
    '401': call,
    '404': call,
    '500': call,
    'a lost reply': call,
    'a broken connection': call,
  };
  const answers: Record<string, Answers[string]> = {
    '401': status(401, { 'www-authenticate': `Bearer ${CANARY}` }, CANARY),
    '404': status(404, {}, CANARY),
    '500': status(500, {}, CANARY),
    'a lost reply': status(202),
    'a broken connection': ({ socket }) => void socket.destroy(),
  };

  it.each(Object.keys(failing))(
    'is in no fault, error or detail after %s, though every request carried it',
    async (name) => {
      await using server = await startHttpServer(streamableAnswers({ 'tools/call': answers[name] as Answers[string] }));
      const url = `http://user:${CANARY}-p@127.0.0.1:${server.port}/mcp?key=${CANARY}-q`;
      await using session = await streamableSession(url, {
        headers: { 'X-Key': `${CANARY}-h`, Accept: 'text/html' },
      }).connect();

      const failure = await faultOf(failing[name]?.(session) ?? Promise.resolve());
      await session.transport.farewell();

      const shown = [failure.error, ...session.errors].map((error) => [error.message, error.stack, error.cause]);
      expect(JSON.stringify([shown, failure.fault, session.faults, session.carrier.details])).not.toContain(CANARY);
      expect(describeFault(failure.fault)).not.toContain(CANARY);
      for (const { headers, path, method } of server.received) {
        expect(path).toBe(`/mcp?key=${CANARY}-q`);
        expect(headers['x-key']).toBe(`${CANARY}-h`);
        expect(Buffer.from(headers.authorization?.split(' ')[1] ?? '', 'base64').toString()).toBe(`user:${CANARY}-p`);
        if (method === 'POST') expect(headers.accept).toBe('application/json, text/event-stream');
      }
    },
  );
});
