/** A server asks the model of the host: the answer, the guard around whoever gives it, its bounds, and the deadlines. */

import { expect } from 'vitest';
import type {
  SamplingContext,
  SamplingHandler,
  SamplingRequest,
  SamplingResult,
  SamplingSupport,
  SupervisorOptions,
} from '../../../src/index.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';
import { expectLostQuestion } from '../lost-question.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const said = (text: string) => ({ type: 'text', text }) as const;
const QUESTION = { role: 'user', content: said('Which city?') };
const PREFERENCES = { hints: [{ name: 'small' }, { name: 'swift' }], speedPriority: 1 };
const ASKED = {
  messages: [QUESTION],
  systemPrompt: 'Be brief.',
  maxTokens: 100,
  temperature: 0.1,
  modelPreferences: PREFERENCES,
};
const ANSWER: SamplingResult = { model: 'm-1', role: 'assistant', content: said('Paris'), stopReason: 'endTurn' };
const TOOL = { name: 'weather', inputSchema: { type: 'object' } };
const _meta = { 'com.example/cache': 'c1' };
const USE = { type: 'tool_use', id: 'u1', name: 'weather', input: { city: 'Paris' }, _meta } as const;
const RESULT = { type: 'tool_result', toolUseId: 'u1', content: [said('18 °C')], _meta };
const INTERNAL = -32_603;
const INVALID = -32_602;

export const samplingSuite: Suite = ({ transport, verifies }) => {
  verifies('call:sampling:answered', async () => {
    const seen: [SamplingRequest, string][] = [];
    await using server = await transport.start();
    await using stand = sampling((request, { server: name }) => {
      seen.push([request, name]);
      return ANSWER;
    });
    await stand.add(server, { limits: { maxSamplingTokens: 50 } });

    const [hello] = server.journal.entries({ kind: 'executed', method: 'initialize' });
    expect(hello?.capabilities).toEqual({ sampling: {} });
    expect(await ask(stand, { ...ASKED, includeContext: 'allServers' })).toEqual(ANSWER);
    const image = { type: 'image', data: 'aGk=', mimeType: 'image/png' };
    await ask(stand, { messages: [{ role: 'user', content: [image, said('What is it?')] }], maxTokens: 7 });

    expect(seen).toEqual([
      [{ ...ASKED, maxTokens: 50 }, ONE],
      [{ messages: [{ role: 'user', content: [image, said('What is it?')] }], maxTokens: 7 }, ONE],
    ]);
  });

  verifies('call:sampling:declined', async () => {
    await using server = await transport.start();
    await using stand = sampling(async () => ({ action: 'decline' }));
    await stand.add(server);

    expect(await ask(stand)).toMatchObject({ code: -1 });
    expect(stand.of('sampling.failed')).toEqual([]);
  });

  verifies('call:sampling:guarded', async () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const answers: (() => unknown)[] = [
      () => {
        throw new TypeError('a defect with a secret');
      },
      () => Promise.reject(new Error('a rejection')),
      () => undefined,
      () => ({ ...ANSWER, model: undefined }),
      () => ({ ...ANSWER, content: [said('a list')] }),
      () => ({ ...ANSWER, content: USE }),
      () => ({ ...ANSWER, _meta: cyclic }),
    ];
    const count = answers.length;
    await using server = await transport.start();
    await using stand = sampling((() => answers.shift()?.()) as SamplingHandler);
    await stand.add(server);

    for (let index = 0; index < count; index += 1) {
      const { code, message } = (await ask(stand)) as { code: number; message: string };
      expect([code, message.includes('secret')]).toEqual([INTERNAL, false]);
    }

    const reasons = stand.of('sampling.failed').map(({ reason }) => reason);
    expect(reasons).toEqual(['threw', 'threw', 'invalid', 'invalid', 'invalid', 'invalid', 'threw']);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  verifies('call:sampling:bounded', async () => {
    const contexts: SamplingContext[] = [];
    await using server = await transport.start();
    await using stand = sampling(
      (_request, context) => {
        contexts.push(context);
        return new Promise(() => {});
      },
      { samplingTimeoutMs: 200 },
    );
    await stand.add(server);

    expect(await ask(stand)).toMatchObject({ code: INTERNAL });

    expect(contexts[0]?.signal.aborted).toBe(true);
    expect(stand.of('sampling.failed')).toMatchObject([{ server: ONE, epoch: 1, reason: 'timed-out' }]);
  });

  verifies('call:sampling:aborted', async () => {
    await expectLostQuestion(transport, (handler) => sampling(handler), ask);
  });

  verifies('call:sampling:tools', async () => {
    const seen: SamplingRequest[] = [];
    const handle: SamplingHandler = (request) => {
      seen.push(request);
      const isFirst = request.messages.length === 1;
      return isFirst ? { ...ANSWER, content: [USE], stopReason: 'toolUse' } : ANSWER;
    };
    await using server = await transport.start();
    await using stand = sampling(handle);
    await stand.add(server);
    await using able = sampling({ handle, tools: true });
    await able.add(server);

    const first = { ...ASKED, tools: [TOOL], toolChoice: { mode: 'auto' } };
    const refused = [first, { ...ASKED, tools: [] }, { ...ASKED, toolChoice: { mode: 'none' } }];
    for (const params of refused) expect(await ask(stand, params)).toMatchObject({ code: INVALID });
    expect(seen).toEqual([]);

    const [, hello] = server.journal.entries({ kind: 'executed', method: 'initialize' });
    expect(hello?.capabilities).toEqual({ sampling: { tools: {} } });
    expect(await ask(able, first)).toMatchObject({ content: [USE], stopReason: 'toolUse' });
    const results = { role: 'user', content: [RESULT] };
    const second = { ...first, messages: [QUESTION, { role: 'assistant', content: [USE] }, results] };
    expect(await ask(able, second)).toEqual(ANSWER);
    expect(seen).toEqual([first, second]);
  });

  verifies('call:sampling:checked', async () => {
    const seen: SamplingRequest[] = [];
    await using server = await transport.start();
    await using stand = sampling({
      tools: true,
      handle: (request) => {
        seen.push(request);
        return ANSWER;
      },
    });
    await stand.add(server);
    const use = { role: 'assistant', content: USE };
    const messages = (...rest: unknown[]) => ({ ...ASKED, messages: [QUESTION, ...rest] });
    const wrong: unknown[] = [
      {},
      { ...ASKED, maxTokens: 0 },
      { ...ASKED, messages: Array.from({ length: 40_000 }, () => ({ role: 'system' })) },
      messages({ role: 'user', content: Array.from({ length: 40_000 }, () => ({ type: 'video' })) }),
      { ...ASKED, metadata: nested(500) },
      { ...ASKED, tools: [{ name: 'x', inputSchema: nested(500) }] },
      { ...ASKED, modelPreferences: { hints: 'large' } },
      messages(use),
      messages(use, { role: 'user', content: said('well?') }),
      messages(use, { role: 'user', content: [RESULT, said('here')] }),
      messages({ role: 'user', content: RESULT }),
      messages({ role: 'user', content: USE }),
    ];

    for (const params of wrong) {
      const { code, message } = (await ask(stand, params)) as { code: number; message: string };
      expect(code).toBe(INVALID);
      expect(message.length).toBeLessThan(100);
    }

    expect(seen).toEqual([]);
    expect(stand.of('sampling.failed')).toEqual([]);
    expect(stand.states().at(-1)).toBe('1 ready');
  });

  verifies('call:sampling:flooded', async () => {
    const clock = new SimulatedClock();
    const answers: (() => void)[] = [];
    let isHeld = false;
    await using server = await transport.start();
    await using stand = sampling(
      () => (isHeld ? new Promise((resolve) => answers.push(() => resolve(ANSWER))) : ANSWER),
      { clock, samplingTimeoutMs: 600_000 },
    );
    // While the clock leaps a minute, no server could answer in time.
    await stand.add(server, { heartbeat: false, limits: { maxSamplings: 1, maxSamplingsPerMinute: 3 } });

    expect([await ask(stand), await ask(stand), await ask(stand)]).toEqual([ANSWER, ANSWER, ANSWER]);
    for (let count = 0; count < 3; count += 1) expect(await ask(stand)).toMatchObject({ code: INTERNAL });
    expect(stand.of('sampling.failed')).toMatchObject([{ server: ONE, reason: 'flooded' }]);

    await clock.advance(60_000);
    isHeld = true;
    const waiting = ask(stand);
    await expect.poll(() => answers.length).toBe(1);
    expect(await ask(stand)).toMatchObject({ code: INTERNAL });
    for (const answer of answers) answer();
    expect(await waiting).toEqual(ANSWER);
    expect(stand.of('sampling.failed')).toHaveLength(2);
  });

  verifies('call:deadline:sampling', async () => {
    const clock = new SimulatedClock();
    await using server = await transport.start();
    await using stand = sampling(
      async () => {
        await clock.advance(2_500);
        return ANSWER;
      },
      { clock },
    );
    await stand.add(server);

    const params = { method: 'sampling/createMessage', params: ASKED };
    const { content } = await stand.mcp.callTool(ONE, 'ask', params, { timeoutMs: 2_000 });
    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject({ result: ANSWER });

    const late = rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 2_000 }));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    await clock.advance(2_000);
    expect((await late).error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown' });
    await server.journal.waitFor({ kind: 'cancelled' });
  });
};

function sampling(handler: SamplingHandler | SamplingSupport, options: SupervisorOptions = {}): Stand {
  return new Stand({ handlers: { sampling: handler }, samplingTimeoutMs: 30_000, ...options });
}

/** What the server is answered when it asks the model: the result, or the error. */
async function ask(stand: Stand, params: unknown = ASKED): Promise<unknown> {
  const given = { method: 'sampling/createMessage', params };
  const { content } = await stand.mcp.callTool(ONE, 'ask', given, { timeoutMs: 10_000 });
  const answer = JSON.parse((content[0] as { text: string }).text) as { result?: unknown; error?: unknown };
  return answer.result ?? answer.error;
}

/** An object of so many levels. */
function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = { type: 'object' };
  for (let level = 1; level < depth; level += 1) value = { type: 'object', inner: value };
  return value;
}
