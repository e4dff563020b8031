import { describe, expect, it } from 'vitest';
import { type Answers, event, json, progress, result, stream, text } from '../../../fixtures/http/mcp-answers.ts';
import { call, withStreamable } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

describe('the reply to a request over Streamable HTTP', () => {
  it('is delivered from a JSON body', async () => {
    const reply = await withStreamable(
      { 'tools/call': ({ message }, response) => json(response, result(message, text('from JSON'))) },
      (session) => call(session),
    );

    expect(reply.content).toEqual([{ type: 'text', text: 'from JSON' }]);
  });

  it('is delivered from a stream that holds nothing else, and its socket is kept for the next request', async () => {
    await withStreamable(
      {
        'tools/call': ({ message }, response) => void stream(response).end(event(result(message, text('from events')))),
      },
      async (session, server) => {
        const first = await call(session);
        for (let count = 0; count < 10; count += 1) await call(session);

        expect(first.content).toEqual([{ type: 'text', text: 'from events' }]);
        const calls = server.received.filter(({ message }) => message.method === 'tools/call');
        expect(new Set(calls.map(({ socket }) => socket)).size).toBeLessThanOrEqual(3);
      },
    );
  });

  it('is delivered after the progress that came before it, even in the same chunk', async () => {
    const heard: number[] = [];
    let finish = (): void => {};
    const answers: Answers = {
      'tools/call': ({ message }, response) => {
        finish = () => response.end(progress(message, 2) + event(result(message, text('done'))));
        stream(response).write(progress(message, 1));
      },
    };
    await withStreamable(answers, (session) =>
      session.client.callTool({ name: 'tool' }, undefined, {
        onprogress: ({ progress: value }) => {
          heard.push(value);
          if (value === 1) finish();
        },
      }),
    );

    expect(heard).toEqual([1, 2]);
  });

  it('is delivered after progress when everything comes with the head of the answer', async () => {
    const heard: number[] = [];
    const answers: Answers = {
      'tools/call': ({ message }, response) =>
        void stream(response).end(progress(message, 1) + progress(message, 2) + event(result(message, text('done')))),
    };
    await withStreamable(answers, (session) =>
      session.client.callTool({ name: 'tool' }, undefined, { onprogress: (it) => heard.push(it.progress) }),
    );

    expect(heard).toEqual([1, 2]);
  });

  it('is delivered when it is cut into single bytes', async () => {
    const reply = await withStreamable(
      {
        'tools/call': async ({ message }, response) => {
          stream(response);
          for (const byte of Buffer.from(event(result(message, text('Grüße 🌍'))))) {
            response.write(Buffer.from([byte]));
            await new Promise((resolve) => setImmediate(resolve));
          }
          response.end();
        },
      },
      (session) => call(session),
    );

    expect(reply.content).toEqual([{ type: 'text', text: 'Grüße 🌍' }]);
  });

  it.each(['JSON', 'events'])('is delivered when it has 50 MB, as %s', async (kind) => {
    const body = 'x'.repeat(50 * 1024 * 1024);
    const reply = await withStreamable(
      {
        'tools/call': ({ message }, response) => {
          const value = result(message, text(body));
          if (kind === 'JSON') json(response, value);
          else stream(response).end(event(value));
        },
      },
      (session) => call(session),
    );

    expect((reply.content[0] as { text: string }).text.length).toBe(body.length);
  });

  it('is taken from an error that a server could not address', async () => {
    const answer = { jsonrpc: '2.0', id: null, error: { code: -32_700, message: 'Parse error' } };
    await withStreamable({ 'tools/call': (_, response) => json(response, answer) }, async (session) => {
      await expect(call(session)).rejects.toMatchObject({ code: -32_700 });
    });
  });
});
