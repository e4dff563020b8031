/** What passes between a server and a person, or a model, is nobody else's. */

import { expect, it } from 'vitest';
import type { ElicitationRequest, SamplingRequest } from '../../src/index.ts';
import { ONE, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const QUESTION = 'canary-question-5d0e';
const ANSWER = 'canary-answer-81c7';
const FORM = { message: QUESTION, requestedSchema: { type: 'object', properties: { name: { type: 'string' } } } };
const MESSAGES = { messages: [{ role: 'user', content: { type: 'text', text: QUESTION } }], maxTokens: 10 };

it.each(['stdio', 'streamable_http'] as const)(
  'a question and its answer are in no event, inspection or information, over %s',
  async (kind) => {
    const asked: (ElicitationRequest | SamplingRequest)[] = [];
    const inspected: string[] = [];
    const seen = new WeakSet<object>();
    await using server = await TRANSPORTS[kind].start();
    await using stand = new Stand({
      handlers: {
        elicitation: (request) => {
          asked.push(request);
          return { action: 'accept', content: { name: ANSWER } };
        },
        sampling: (request) => {
          asked.push(request);
          return { model: 'm-1', role: 'assistant', content: { type: 'text', text: ANSWER } };
        },
      },
      inspect: (event) => void inspected.push(textOf(event, seen)),
    });
    await stand.add(server);

    const form = await stand.mcp.callTool(ONE, 'ask', { method: 'elicitation/create', params: FORM });
    const said = await stand.mcp.callTool(ONE, 'ask', { method: 'sampling/createMessage', params: MESSAGES });

    expect(JSON.stringify([asked[0], form.content])).toMatch(new RegExp(`${QUESTION}.*${ANSWER}`));
    expect(JSON.stringify([asked[1], said.content])).toMatch(new RegExp(`${QUESTION}.*${ANSWER}`));
    const shown =
      JSON.stringify([stand.events, stand.mcp.getServerInfo(ONE), stand.mcp.explain(ONE)]) + inspected.join();
    expect(shown).toContain('ready');
    expect(inspected.length).toBeGreaterThan(0);
    expect([QUESTION, ANSWER].filter((canary) => shown.includes(canary))).toEqual([]);
  },
);

/** Everything below a value that was not seen before. */
function textOf(value: unknown, seen: WeakSet<object>): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (seen.has(value)) return '';
  seen.add(value);
  return Object.entries(value)
    .map(([key, each]) => `${key} ${textOf(each, seen)}`)
    .join(' ');
}
