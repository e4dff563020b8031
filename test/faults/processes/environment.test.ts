/** What one server is given is given to no other, and nothing to this process. */

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { McpSupervisor } from '../../../src/index.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { scratchDirectory, witness } from './host.ts';

watchForLeaks();

const NAMES = ['one', 'two', 'three'];

describe('environment of servers that start together', () => {
  it('is of each alone, and process.env is what it was', async () => {
    const before = { ...process.env };
    const times = join(scratchDirectory(), 'times');
    await using mcp = new McpSupervisor({ ledger: false });
    const servers = NAMES.map((name) => witness(name, times, [], { env: { SHARED: name, [`ONLY_${name}`]: name } }));
    const adding = mcp.addServers(servers);
    expect({ ...process.env }).toEqual(before);
    await adding;
    for (const name of NAMES) {
      const { content } = await mcp.callTool(name, 'environment');
      const [part] = content;
      const environment = JSON.parse(part?.type === 'text' ? part.text : '') as Record<string, string>;
      const given = Object.entries(environment).filter(([key]) => key === 'SHARED' || key.startsWith('ONLY_'));
      expect(Object.fromEntries(given)).toEqual({ SHARED: name, [`ONLY_${name}`]: name });
    }
    expect({ ...process.env }).toEqual(before);
  });
});
