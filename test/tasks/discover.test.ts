/** Tasks of the extension of 2026, on the transports of its era, and what concerns that era alone. */

import { expect, it } from 'vitest';
import { startScripted } from '../../src/testing/scripted.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { taskFacts } from './facts.ts';

watchForLeaks();
taskFacts(TRANSPORTS.stdio, 'discover');
taskFacts(TRANSPORTS.streamable_http, 'discover');

it('says that it knows tasks, and names the task in the headers of what it asks about it', async () => {
  const requestedSchema = { type: 'object', properties: {} };
  await using server = await startScripted('streamable_http', { era: 'discover', tasks: { pollIntervalMs: 100 } });
  await using stand = new Stand({ handlers: { elicitation: () => ({ action: 'decline' }) } });
  await stand.add(server, { protocol: 'discover' });

  const ask = { method: 'elicitation/create', params: { message: 'go on?', requestedSchema } };
  const asking = await stand.mcp.callToolAsTask(ONE, 'job', { ms: 0, ask });
  await asking.result();
  const endless = await stand.mcp.callToolAsTask(ONE, 'job', {});
  await endless.cancel();

  const [call] = server.journal.entries({ kind: 'executed', name: 'job' });
  expect(call?.capabilities).toMatchObject({ extensions: { 'io.modelcontextprotocol/tasks': {} } });
  for (const [method, { id }] of [
    ['tasks/get', asking],
    ['tasks/update', asking],
    ['tasks/cancel', endless],
  ] as const) {
    const [request] = server.journal.entries({ kind: 'request', method });
    expect(request?.headers).toMatchObject({ 'mcp-method': method, 'mcp-name': id });
  }
});

it('gives a call that was answered at once as a task that is over, and has no id', async () => {
  await using server = await startScripted('streamable_http', { era: 'discover', tasks: {} });
  await using stand = new Stand();
  await stand.add(server, { protocol: 'discover' });

  const task = await stand.mcp.callToolAsTask(ONE, 'job', { plain: true });

  expect(task.id).toBeUndefined();
  expect(await task.status()).toMatchObject({ status: 'completed' });
  await expect(task.result()).resolves.toMatchObject({ content: [{ text: '{"plain":true}' }] });
  const seen = [];
  for await (const { status } of task.updates()) seen.push(status);
  expect(seen).toEqual(['completed']);
});

it('goes on listening to tools at a server that refuses a subscription with tasks in it', async () => {
  await using server = await startScripted('streamable_http', {
    era: 'discover',
    tasks: {},
    faults: [{ on: 'subscriptions/listen', do: 'error', code: -32_602, skip: 1, times: 1 }],
  });
  await using stand = new Stand();
  await stand.add(server, { protocol: 'discover' });
  await server.journal.waitFor({ kind: 'listening-to' });
  const task = await stand.mcp.callToolAsTask(ONE, 'job', {});
  await task.status();
  await server.journal.waitFor({ kind: 'listening-to' }, 2);

  await server.control({ do: 'grow-tools' });

  await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));
  // What was refused is not asked for again: with tasks, without, and no more.
  const asked = server.journal.entries({ kind: 'message', method: 'subscriptions/listen' }).length;
  await task.status();
  await stand.text('echo', { text: 'after that' });
  expect([asked, server.journal.entries({ kind: 'message', method: 'subscriptions/listen' }).length]).toEqual([3, 3]);
});

it.each(['stdio', 'streamable_http'] as const)(
  'ends a task whose question is refused for good, over %s',
  async (kind) => {
    let asked = 0;
    const sampling = () => {
      asked += 1;
      return { action: 'decline' } as const;
    };
    await using server = await TRANSPORTS[kind].start({ era: 'discover', tasks: { pollIntervalMs: 100 } });
    await using stand = new Stand({ handlers: { sampling } });
    await stand.add(server, { protocol: 'discover' });
    const messages = [{ role: 'user', content: { type: 'text', text: 'Which city?' } }];
    const ask = { method: 'sampling/createMessage', params: { messages, maxTokens: 100 } };

    const task = await stand.mcp.callToolAsTask(ONE, 'job', { ask });
    const { error } = await rejection(task.result({ timeoutMs: 10_000 }));

    expect(error).toMatchObject({ code: 'TASK_CANCELLED', outcome: 'failed-by-server', taskId: task.id });
    expect(server.journal.entries({ kind: 'task-cancelled' })).toHaveLength(1);
    expect(server.journal.entries({ kind: 'task-answered' })).toEqual([]);
    expect(asked).toBe(1);
  },
);
