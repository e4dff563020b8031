/** What holds for the structured results of tools in both eras and on every transport, through the public surface. */

import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { CallError } from '../../src/index.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const OBJECT = { type: 'object' } as const;
const WEATHER = {
  ...OBJECT,
  properties: { temperature: { type: 'number' }, stations: { type: 'array', items: { type: 'string' } } },
  required: ['temperature'],
};
const tool = (outputSchema: unknown, name = 'weather') => ({ name, inputSchema: OBJECT, outputSchema });
const gives = (structuredContent: unknown, more: object = {}) => ({ content: [], structuredContent, ...more });
const SECRET = 'sk-4f9a8b7c6d5e';

const WAYS = [
  ['initialize', 'stdio'],
  ['initialize', 'sse'],
  ['initialize', 'streamable_http'],
  ['discover', 'stdio'],
  ['discover', 'streamable_http'],
] as const;

describe.each(WAYS)('a structured result in the era %s over %s', (era, kind) => {
  const settings = { protocol: era, termGraceMs: 200 } as const;

  /** Call the tool `weather`, which gives that result. */
  async function call(outputSchema: unknown, result: unknown, changes: object = {}) {
    const faults = [{ on: 'tools/call:weather', do: 'result', result } as const];
    await using server = await TRANSPORTS[kind].start({ era, tools: [tool(outputSchema)], faults });
    await using stand = new Stand();
    const { tools } = await stand.add(server, { ...settings, ...changes });
    const outcome = await stand.mcp.callTool(ONE, 'weather', {}, { retry: 'always' }).then(
      (value) => ({ value, error: undefined }),
      (error: CallError) => ({ value: undefined, error }),
    );
    return {
      ...outcome,
      told: stand.of('result.unchecked'),
      listed: tools.find(({ name }) => name === 'weather'),
      count: server.journal.entries({ kind: 'message', method: 'tools/call' }).length,
      state: stand.states().at(-1),
    };
  }

  it('that is what the output schema says is passed on', async () => {
    const { value, told } = await call(WEATHER, gives({ temperature: 22.5, stations: ['a'] }));

    expect(value?.structuredContent).toEqual({ temperature: 22.5, stations: ['a'] });
    expect(told).toEqual([]);
  });

  it('that is not fails the call, which says where and not what, and is never repeated', async () => {
    const { error, count, state } = await call(
      WEATHER,
      gives({ temperature: 1, stations: ['a', { [SECRET]: SECRET }] }),
    );

    expect(error).toMatchObject({
      code: 'RESULT_INVALID',
      outcome: 'failed-by-server',
      retryable: false,
      attempts: 1,
      violation: { path: '/stations/1', rule: 'type' },
    });
    expect(error?.result).toMatchObject({ structuredContent: { temperature: 1 } });
    expect([inspect(error, { depth: 9, showHidden: true }), JSON.stringify(error), String(error)].join()).not.toContain(
      SECRET,
    );
    expect([count, state]).toEqual([1, '1 ready']);
  });

  it('that is missing fails the call', async () => {
    const { error } = await call(WEATHER, { content: [{ type: 'text', text: 'sunny' }] });

    expect([error?.code, error?.violation]).toEqual(['RESULT_INVALID', { path: '', rule: 'missing' }]);
  });

  it('of a tool that failed in its own terms is not checked', async () => {
    const { value } = await call(WEATHER, gives({ error: 'no such city' }, { isError: true }));

    expect(value?.isError).toBe(true);
  });

  it('is not checked where the configuration says so', async () => {
    const { value, told } = await call(WEATHER, gives({ temperature: 'hot' }), { checkResults: false });

    expect([value?.structuredContent, told]).toEqual([{ temperature: 'hot' }, []]);
  });

  it.each([
    ['schema-invalid', { ...OBJECT, properties: { temperature: { type: 'nummer' } } }],
    ['schema-unsupported', { ...OBJECT, $schema: 'https://example.com/dialect' }],
    ['reference-unresolved', { ...OBJECT, properties: { temperature: { $ref: 'https://example.com/t.json' } } }],
    ['too-costly', { ...OBJECT, $ref: '#' }],
  ])('is passed on unchecked, and that is told, where the schema is %s', async (reason, schema) => {
    const { value, told, listed } = await call(schema, gives({ temperature: 'hot' }));

    expect(value?.structuredContent).toEqual({ temperature: 'hot' });
    expect(told).toMatchObject([{ server: ONE, epoch: 1, tool: 'weather', reason }]);
    expect(listed?.outputSchema).toEqual(schema);
  });

  it('is passed on unchecked where the output schema is no object, which costs the tool nothing else', async () => {
    const { value, told, listed } = await call('a number', gives({ temperature: 1 }));

    expect(value?.structuredContent).toEqual({ temperature: 1 });
    expect(told).toMatchObject([{ tool: 'weather', reason: 'schema-invalid' }]);
    expect(listed).toEqual({ name: 'weather', inputSchema: OBJECT });
  });

  it('is checked by the list as it is when the call is sent', async () => {
    const faults = [{ on: 'tools/call:weather', do: 'result', result: gives({ temperature: 'hot' }) } as const];
    await using server = await TRANSPORTS[kind].start({ era, tools: [tool(WEATHER)], faults });
    await using stand = new Stand();
    await stand.add(server, settings);
    const before = await rejection(stand.mcp.callTool(ONE, 'weather'));

    await server.control({ set: { tools: [tool({ ...OBJECT, properties: { temperature: { type: 'string' } } })] } });
    if (era === 'discover') await server.journal.waitFor({ kind: 'listening-to' });
    await server.control({ do: 'notify', method: 'notifications/tools/list_changed' });
    await stand.told(({ type }) => type === 'catalog.changed');

    expect(before.error.code).toBe('RESULT_INVALID');
    expect((await stand.mcp.callTool(ONE, 'weather')).structuredContent).toEqual({ temperature: 'hot' });
  });
});

it('in the later era may be of any type, and so may the root of its schema', async () => {
  const schema = { type: 'array', items: { type: 'object', required: ['id'] } };
  const faults = [{ on: 'tools/call:weather', do: 'result', times: 1, result: gives([{ id: '1' }]) } as const];
  const bad = { on: 'tools/call:weather', do: 'result', result: gives([{ id: '1' }, {}]) } as const;
  await using server = await TRANSPORTS.stdio.start({
    era: 'discover',
    tools: [tool(schema)],
    faults: [...faults, bad],
  });
  await using stand = new Stand();
  await stand.add(server, { protocol: 'discover' });

  const result = await stand.mcp.callTool(ONE, 'weather');
  const { error } = await rejection(stand.mcp.callTool(ONE, 'weather'));

  expect(result.structuredContent).toEqual([{ id: '1' }]);
  expect(error.violation).toEqual({ path: '/1', rule: 'required' });
});
