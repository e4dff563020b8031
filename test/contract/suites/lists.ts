/** Resources, templates and prompts: listed whole, followed once the host asked for them, and never asked for before. */

import { expect } from 'vitest';
import type { Behaviour } from '../../../src/testing/behaviour.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

/** A server with something on each list, on pages of two. */
const FULL: Behaviour = {
  pageSize: 2,
  resources: { 'test://a': 'a', 'test://b': 'b', 'test://c': 'c' },
  templates: ['test://{one}', 'test://{two}', 'test://{three}'],
  prompts: { greet: 'Hello {name}', part: 'Goodbye {name}', silent: '' },
  completions: { name: ['Ada', 'Alan', 'Grace'] },
};

export const listsSuite: Suite = ({ transport, verifies }) => {
  verifies('lists:pages:all', async () => {
    await using server = await transport.start(FULL);
    await using stand = new Stand();
    await stand.add(server);
    const { mcp } = stand;

    expect((await mcp.listResources(ONE)).map(({ uri }) => uri)).toEqual(['test://a', 'test://b', 'test://c']);
    expect((await mcp.listResourceTemplates(ONE)).map(({ uriTemplate }) => uriTemplate)).toEqual(FULL.templates);
    expect((await mcp.listPrompts(ONE)).map(({ name }) => name)).toEqual(['greet', 'part', 'silent']);
  });

  verifies('lists:prompt:get', async () => {
    await using server = await transport.start(FULL);
    await using stand = new Stand();
    await stand.add(server);

    const { messages } = await stand.mcp.getPrompt(ONE, 'greet', { name: 'Ada' });
    const ref = { type: 'ref/prompt', name: 'greet' } as const;
    const completion = await stand.mcp.complete(ONE, { ref, argument: { name: 'name', value: 'A' } });
    const none = await stand.mcp.complete(ONE, { ref, argument: { name: 'name', value: 'Z' } });
    const { error } = await rejection(stand.mcp.getPrompt(ONE, 'nobody'));

    expect(messages).toEqual([{ role: 'user', content: { type: 'text', text: 'Hello Ada' } }]);
    expect(completion).toMatchObject({ values: ['Ada', 'Alan'], total: 2, hasMore: false });
    expect(none.values).toEqual([]);
    expect(error).toMatchObject({ code: 'SERVER_ERROR', outcome: 'failed-by-server', rpcCode: -32_602 });
  });

  verifies('lists:changed:followed', async () => {
    await using server = await transport.start(FULL);
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.listPrompts(ONE);

    await server.control({ set: { prompts: { greet: 'Hi {name} {surname}', new: '', silent: '' } } });
    await server.control({ do: 'notify', method: 'notifications/prompts/list_changed' });

    const told = await stand.told((event) => event.type === 'catalog.changed');
    expect(told).toMatchObject({ list: 'prompts', added: ['new'], removed: ['part'], changed: ['greet'], epoch: 1 });
  });

  verifies('lists:changed:missed', async () => {
    const before = {
      resources: [
        { uri: 'test://a', name: 'test://a' },
        { uri: 'test://gone', name: 'gone' },
      ],
    };
    const faults = [{ on: 'resources/list', do: 'result', result: before, lives: [1] }] as const;
    await using server = await transport.start({ ...FULL, pageSize: 100, faults });
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.listResources(ONE);
    await stand.mcp.listPrompts(ONE);

    await server.kill();
    await server.revive();

    const told = await stand.told((event) => event.type === 'catalog.changed');
    expect(told).toMatchObject({
      list: 'resources',
      added: ['test://b', 'test://c'],
      removed: ['test://gone'],
      changed: [],
    });
    expect(stand.of('catalog.changed')).toHaveLength(1);
  });

  verifies('lists:changed:unasked', async () => {
    await using server = await transport.start(FULL);
    await using stand = new Stand();
    await stand.add(server);
    await stand.mcp.listResources(ONE);

    await server.control({ do: 'notify', method: 'notifications/prompts/list_changed' });
    await server.control({ do: 'notify', method: 'notifications/resources/list_changed' });
    await server.journal.waitFor({ kind: 'executed', method: 'resources/list' }, 4);

    expect(server.journal.executions('prompts/list')).toBe(0);
    expect(server.journal.executions('resources/templates/list')).toBe(0);
    expect(stand.of('catalog.changed')).toEqual([]);
  });

  verifies('lists:changed:flood', async () => {
    await using server = await transport.start(FULL);
    await using stand = new Stand();
    await stand.add(server, { limits: { maxMessagesPerSecond: 10_000 } });
    await stand.mcp.listPrompts(ONE);

    await server.control({ do: 'notify', method: 'notifications/prompts/list_changed', times: 2_000 });
    await stand.text('echo', { text: 'after it' });

    expect(server.journal.executions('prompts/list')).toBeLessThan(20);
  });

  verifies('lists:entry:wrong', async () => {
    const prompts = [{ name: 'good' }, { name: 7 }, 'no prompt', { name: 'better' }];
    await using server = await transport.start({
      ...FULL,
      faults: [{ on: 'prompts/list', do: 'result', result: { resultType: 'complete', prompts } }],
    });
    await using stand = new Stand();
    await stand.add(server);

    expect((await stand.mcp.listPrompts(ONE)).map(({ name }) => name)).toEqual(['good', 'better']);
    expect(stand.of('entries.rejected')).toMatchObject([{ list: 'prompts', count: 2 }]);
  });

  verifies('lists:bounds:endless', async () => {
    const endless = { prompts: [], nextCursor: 'again' };
    await using server = await transport.start({
      ...FULL,
      faults: [{ on: 'prompts/list', do: 'result', result: endless }],
    });
    await using stand = new Stand();
    await stand.add(server);
    const { error } = await rejection(stand.mcp.listPrompts(ONE));

    expect(error).toMatchObject({ code: 'REPLY_INVALID', fault: { kind: 'flooded', what: 'pages of prompts' } });
  });

  verifies('lists:capability:missing', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    for (const asked of [stand.mcp.listPrompts(ONE), stand.mcp.listResources(ONE), stand.mcp.getPrompt(ONE, 'any')]) {
      const { error } = await rejection(asked);
      expect(error).toMatchObject({ code: 'CAPABILITY_MISSING', outcome: 'not-sent' });
    }
    expect(server.journal.entries({ kind: 'message', method: 'prompts/list' })).toEqual([]);
  });
};
