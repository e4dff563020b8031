/** The first screen of the README: a server is killed, and calls go on. What it prints is in `output.txt`. */

import assert from 'node:assert/strict';

// #region program
import { McpSupervisor } from 'mcp-supervisor';

await using mcp = new McpSupervisor();
mcp.on('state', (e) => console.log(e.server, e.from, '->', e.to, e.cause?.kind ?? ''));

const args = ['-y', '@modelcontextprotocol/server-everything'];
const info = await mcp.addServer({ name: 'demo', transport: 'stdio', command: 'npx', args });
console.log(info.tools.length, 'tools');

process.kill(Number(info.pid), 'SIGKILL');
await mcp.waitFor('demo', 'reconnecting');

const result = await mcp.callTool('demo', 'echo', { message: 'still here' });
console.log(result.content);
// #endregion

assert.deepEqual(result.content, [{ type: 'text', text: 'Echo: still here' }], 'the call did not go on');
