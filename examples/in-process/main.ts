/**
 * Servers in the process of the agent: its own tools, behind the same verbs and the same supervision as any other server.
 * One ends and comes back as a new one. Asserts what it shows; exits non-zero otherwise.
 */

import assert from 'node:assert/strict';
import { InMemoryTransport } from '@modelcontextprotocol/sdk/inMemory.js';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { McpSupervisor } from 'mcp-supervisor';
import { z } from 'zod';
import { connectNotes } from './notes-server.ts';

const lives: McpServer[] = [];

// #region server
async function connectClock() {
  const server = new McpServer({ name: 'clock', version: '1.0.0' });
  server.registerTool('add-days', { inputSchema: { date: z.string(), days: z.number() } }, ({ date, days }) => {
    const later = new Date(Date.parse(date) + days * 86_400_000);
    return { content: [{ type: 'text', text: later.toISOString().slice(0, 10) }] };
  });
  lives.push(server);

  const [ours, theirs] = InMemoryTransport.createLinkedPair();
  await server.connect(theirs);
  return ours;
}
// #endregion

// #region supervisor
await using mcp = new McpSupervisor();
mcp.on('state', (e) => console.log(e.server, e.from, '->', e.to, e.cause?.kind ?? ''));

const info = await mcp.addServer({ name: 'clock', transport: 'in_process', connect: connectClock });
const result = await mcp.callTool('clock', 'add-days', { date: '2026-11-26', days: 7 });
// #endregion
assert.deepEqual(result.content, [{ type: 'text', text: '2026-12-03' }], 'the tool of this process is called');
assert.equal(info.endpoint, 'this process', 'it says where it is');
assert.equal('connect' in info.config, false, 'what is shown is plain data');

// #region end
await lives[0]?.close();
await mcp.waitFor('clock', 'reconnecting');

await mcp.callTool('clock', 'add-days', { date: '2026-11-26', days: 1 });
// #endregion
assert.equal(lives.length, 2, 'the next life has a server of its own');
assert.equal(mcp.getServerInfo('clock')?.epoch, 2);

await mcp.addServer({ name: 'notes', transport: 'in_process', connect: connectNotes });
await mcp.callTool('notes', 'note', { text: 'a server of the later era' });
assert.equal(mcp.getServerInfo('notes')?.era, 'discover', 'it is found out which era it speaks');

console.log(`Two servers, ${lives.length} lives of the first, no process beside this one.`);
