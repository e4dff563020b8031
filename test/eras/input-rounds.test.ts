/** What a server of the discover era asks for in rounds of one call: the model, a person and the roots, together too. */

import { describe, expect, it } from 'vitest';
import type { SupervisorOptions } from '../../src/index.ts';
import { SimulatedClock } from '../../src/testing/simulated-clock.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const DISCOVER = { protocol: 'discover' } as const;
const CALL = { timeoutMs: 10_000 };
const said = (text: string) => ({ type: 'text', text }) as const;
const ASKED = { messages: [{ role: 'user', content: said('Which city?') }], maxTokens: 100 };
const ANSWER = { model: 'm-1', role: 'assistant', content: said('Paris'), stopReason: 'endTurn' } as const;
const ROOTS = [{ uri: 'file:///work', name: 'work' }];
const FORM = {
  mode: 'form',
  message: 'who?',
  requestedSchema: { type: 'object', properties: { name: { type: 'string' } } },
};
const PAGE = { mode: 'url', message: 'Please sign in', url: 'https://example.com/sign-in' };
const SAMPLING = { method: 'sampling/createMessage', params: ASKED };

describe.each([TRANSPORTS.stdio, TRANSPORTS.streamable_http])('over $kind', (transport) => {
  const start = () => transport.start({ era: 'discover' });

  it('the model answers, and sampling is declared with every request', async () => {
    await using server = await start();
    await using stand = new Stand({ handlers: { sampling: () => ANSWER } });
    await stand.add(server, DISCOVER);

    expect(JSON.parse(await stand.text('ask-again', { ...SAMPLING, rounds: 2 }))).toEqual([ANSWER, ANSWER]);
    const [call] = server.journal.entries({ kind: 'executed', name: 'ask-again' });
    expect(call?.capabilities).toMatchObject({ sampling: {} });
  });

  it('the model, a person and the roots answer in one round', async () => {
    await using server = await start();
    await using stand = new Stand({
      handlers: {
        sampling: () => ANSWER,
        elicitation: ({ mode }) =>
          mode === 'url' ? { action: 'accept' } : { action: 'accept', content: { name: 'Ada' } },
      },
    });
    await stand.add(server, { ...DISCOVER, roots: ROOTS });
    const inputs = {
      model: SAMPLING,
      form: { method: 'elicitation/create', params: FORM },
      page: { method: 'elicitation/create', params: PAGE },
      roots: { method: 'roots/list' },
    };

    expect(JSON.parse(await stand.text('ask-again', { inputs }))).toEqual([
      {
        model: ANSWER,
        form: { action: 'accept', content: { name: 'Ada' } },
        page: { action: 'accept' },
        roots: { roots: ROOTS },
      },
    ]);
  });

  it.each<[string, SupervisorOptions, object]>([
    ['declines', { handlers: { sampling: () => ({ action: 'decline' }) } }, {}],
    [
      'throws',
      {
        handlers: {
          sampling: () => {
            throw new Error('a secret');
          },
        },
      },
      {},
    ],
    ['is too slow', { handlers: { sampling: () => new Promise(() => {}) }, samplingTimeoutMs: 50 }, {}],
    ['is asked too much', { handlers: { sampling: () => ANSWER } }, { limits: { maxSamplingsPerMinute: 1 } }],
  ])('a model that %s fails the call, once, and the server goes on', async (_, options, settings) => {
    await using server = await start();
    await using stand = new Stand(options);
    await stand.add(server, { ...DISCOVER, ...settings });

    const { error } = await rejection(stand.mcp.callTool(ONE, 'ask-again', { ...SAMPLING, rounds: 3 }, CALL));

    expect([error.code, error.outcome, error.attempts]).toEqual(['INPUT_REFUSED', 'failed-by-server', 1]);
    expect(error.message).not.toContain('secret');
    await expect(stand.text('echo', { text: 'there' })).resolves.toBe('there');
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  it.each<[string, object]>([
    ['of the wrong shape', { ...SAMPLING, params: { messages: [{ role: 'system' }], maxTokens: 1 } }],
    ['with tools that are not declared', { ...SAMPLING, params: { ...ASKED, tools: [] } }],
    ['that was not declared', { method: 'elicitation/create', params: FORM }],
    ['that nobody knows', { method: 'unheard/of' }],
  ])('input %s makes the reply invalid, and reaches nobody', async (_, args) => {
    let count = 0;
    await using server = await start();
    await using stand = new Stand({
      handlers: {
        sampling: () => {
          count += 1;
          return ANSWER;
        },
      },
    });
    await stand.add(server, DISCOVER);

    const { error } = await rejection(stand.mcp.callTool(ONE, 'ask-again', { ...args }, CALL));

    expect([error.code, count]).toEqual(['REPLY_INVALID', 0]);
    await expect(stand.text('echo', { text: 'there' })).resolves.toBe('there');
  });

  it('a call that is aborted takes its question back', async () => {
    let asked: (signal: AbortSignal) => void = () => {};
    const signalled = new Promise<AbortSignal>((resolve) => {
      asked = resolve;
    });
    await using server = await start();
    await using stand = new Stand({
      handlers: {
        sampling: (_request, { signal }) => {
          asked(signal);
          return new Promise(() => {});
        },
      },
    });
    await stand.add(server, DISCOVER);
    const controller = new AbortController();
    const call = rejection(stand.mcp.callTool(ONE, 'ask-again', SAMPLING, { ...CALL, signal: controller.signal }));
    const signal = await signalled;

    controller.abort();

    expect((await call).error.code).toBe('CALL_ABORTED');
    await expect.poll(() => signal.aborted).toBe(true);
    expect(stand.of('sampling.failed')).toEqual([]);
  });

  it('the deadline of the call stands still while the model answers', async () => {
    const clock = new SimulatedClock();
    await using server = await start();
    await using stand = new Stand({
      clock,
      handlers: {
        sampling: async () => {
          await clock.advance(600);
          return ANSWER;
        },
      },
    });
    await stand.add(server, DISCOVER);

    const { content } = await stand.mcp.callTool(ONE, 'ask-again', { ...SAMPLING, rounds: 2 }, { timeoutMs: 400 });

    expect(content).toEqual([said(JSON.stringify([ANSWER, ANSWER]))]);
  });
});

describe('a server that does not come to an end', () => {
  it('with its rounds is given up at the deadline of the call, which covers all of them', async () => {
    await using server = await TRANSPORTS.stdio.start({
      era: 'discover',
      faults: [{ on: 'tools/call:ask-again', do: 'delay', ms: 300 }],
    });
    await using stand = new Stand();
    await stand.add(server, { ...DISCOVER, roots: ROOTS });

    const args = { rounds: 9 };
    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'ask-again', args, { timeoutMs: 800 }));

    expect([error.code, error.outcome]).toEqual(['CALL_TIMEOUT', 'unknown']);
    expect(elapsedMs).toBeLessThan(1_600);
  });

  it('with the inputs of one round fails the call, and is given nothing', async () => {
    await using server = await TRANSPORTS.stdio.start({ era: 'discover' });
    await using stand = new Stand();
    await stand.add(server, { ...DISCOVER, roots: ROOTS });
    const many = Array.from({ length: 257 }, (_, index) => [`r${index}`, { method: 'roots/list' }]);

    const args = { inputs: Object.fromEntries(many) };
    const { error } = await rejection(stand.mcp.callTool(ONE, 'ask-again', args, CALL));

    expect([error.code, error.fault?.kind]).toEqual(['REPLY_INVALID', 'malformed-message']);
    expect(server.journal.entries({ kind: 'executed', name: 'ask-again' })).toHaveLength(1);
    await expect(stand.text('echo', { text: 'there' })).resolves.toBe('there');
  });
});
