/** Schemas that explode in whoever compiles them, follows them or walks them cost at worst their own tool. */

import { describe, expect, it } from 'vitest';
import { type EntriesRejected, McpSupervisor, type ResultUnchecked } from '../../src/index.ts';
import { startHttpServer } from '../fixtures/http/http-server.ts';
import { json, result, streamableAnswers } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const OBJECT = { type: 'object' };
const deepJson = (levels: number): unknown => JSON.parse(`${'{"not":'.repeat(levels)}{}${'}'.repeat(levels)}`);
const wide = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`p${n}`, {}]));

/** Tools that stay, because nobody compiles, follows or walks what they say. */
const STRANGE = [
  { name: 'loop', inputSchema: { ...OBJECT, $ref: '#', $defs: { a: { $ref: '#/$defs/a' } } } },
  { name: 'remote', inputSchema: { ...OBJECT, $ref: 'http://127.0.0.1:1/remote.json' } },
  { name: 'pattern', inputSchema: OBJECT, outputSchema: { ...OBJECT, patternProperties: { '^(a+)+$': {} } } },
  { name: 'nested', inputSchema: { ...OBJECT, properties: { a: deepJson(100) } } },
  { name: 'many', inputSchema: { ...OBJECT, properties: wide(20_000) } },
];
const LOST = [
  { name: 'deep', inputSchema: { ...OBJECT, properties: { a: deepJson(3_000) } } },
  { name: 'wide', inputSchema: { ...OBJECT, properties: wide(200_000) } },
  { name: 'shapeless', inputSchema: null },
];

const HOSTILE = {
  backtracking: { ...OBJECT, properties: { text: { pattern: '^(a+)+$' } } },
  endless: { ...OBJECT, $ref: '#' },
  remote: { ...OBJECT, $ref: 'http://127.0.0.1:1/remote.json' },
  doubling: {
    ...OBJECT,
    allOf: [{ $ref: '#/$defs/d0' }],
    $defs: Object.fromEntries(
      Array.from({ length: 60 }, (_, n) => [
        `d${n}`,
        n === 59 ? { type: 'string' } : { anyOf: [{ $ref: `#/$defs/d${n + 1}` }, { $ref: `#/$defs/d${n + 1}` }] },
      ]),
    ),
  },
};

describe('a tool with an output schema that explodes', () => {
  it('is called all the same, holds up its host for a bounded time, and is told as unchecked', async () => {
    const tools = Object.entries(HOSTILE).map(([name, outputSchema]) => ({ name, inputSchema: OBJECT, outputSchema }));
    const structuredContent = { text: `${'a'.repeat(100)}!` };
    const server = await startHttpServer(
      streamableAnswers({
        'tools/list': ({ message }, response) => json(response, result(message, { tools })),
        'tools/call': ({ message }, response) => json(response, result(message, { content: [], structuredContent })),
      }),
    );
    await using mcp = new McpSupervisor({ ledger: false, defaults: { limits: { checkTimeoutMs: 50 } } });
    const told: ResultUnchecked[] = [];
    mcp.on('result.unchecked', (event) => told.push(event));
    await mcp.addServer({ name: 'strange', transport: 'streamable_http', url: `${server.origin}/mcp` });
    const beganMs = performance.now();

    const names = Object.keys(HOSTILE);
    for (const name of [...names, ...names, ...names, ...names]) {
      expect((await mcp.callTool('strange', name)).structuredContent).toEqual(structuredContent);
    }

    // Each of them would take years, but for the one that leads elsewhere.
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    expect(told.map(({ tool, reason }) => `${tool}: ${reason}`)).toEqual([
      'backtracking: too-costly',
      'endless: too-costly',
      'remote: reference-unresolved',
      'doubling: too-costly',
    ]);
    await mcp.close();
    await server.stop();
  });
});

describe('a list of tools with exploding schemas', () => {
  it('is taken but for the tools that are beyond a bound, which an event names', async () => {
    let round = 0;
    const server = await startHttpServer(
      streamableAnswers({
        'tools/list': ({ message }, response) => {
          round += 1;
          json(
            response,
            result(message, { tools: [...STRANGE, ...LOST, { name: `round-${round}`, inputSchema: OBJECT }] }),
          );
        },
      }),
    );
    await using mcp = new McpSupervisor({ ledger: false });
    const told: EntriesRejected[] = [];
    mcp.on('entries.rejected', (event) => told.push(event));

    const config = { name: 'strange', transport: 'streamable_http', url: `${server.origin}/mcp` } as const;
    const { tools } = await mcp.addServer(config);
    const changed = new Promise((resolve) => mcp.on('catalog.changed', resolve));
    await mcp.replaceServer(config);

    expect(tools.map(({ name }) => name)).toEqual(['loop', 'remote', 'pattern', 'nested', 'many', 'round-1']);
    expect(await changed).toMatchObject({ added: ['round-2'], removed: ['round-1'], changed: [] });
    expect(told).toMatchObject([
      {
        server: 'strange',
        count: 3,
        rejected: [
          { name: 'deep', reason: 'too-deep' },
          { name: 'wide', reason: 'too-large' },
          { name: 'shapeless', reason: 'invalid' },
        ],
      },
    ]);
    await mcp.close();
    await server.stop();
  });
});
