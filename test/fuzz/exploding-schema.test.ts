/** Schemas that explode in whoever compiles them, follows them or walks them cost at worst their own tool. */

import { describe, expect, it } from 'vitest';
import { type EntriesRejected, McpSupervisor } from '../../src/index.ts';
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
          { tool: 'deep', reason: 'too-deep' },
          { tool: 'wide', reason: 'too-large' },
          { tool: 'shapeless', reason: 'invalid' },
        ],
      },
    ]);
    await mcp.close();
    await server.stop();
  });
});
