/** The same in a test framework, here Node's own: run it with `node --import tsx --test`. */

import assert from 'node:assert/strict';
import { everything } from '../servers/installed-program.ts';

const { command, args } = everything();

// #region test
import { after, before, test } from 'node:test';
import { McpSupervisor } from 'mcp-supervisor';
import { faultTransport, type LeakWatch, watchLeaks } from 'mcp-supervisor/testing';

let leaks: LeakWatch;
before(() => {
  leaks = watchLeaks();
});
after(() => leaks.assertNone());

test('an agent gets its answer although the server dies', async () => {
  await using faults = await faultTransport({ name: 'demo', transport: 'stdio', command, args });
  await using mcp = new McpSupervisor();
  await mcp.addServer(faults.config);

  await faults.kill('SIGKILL');
  await mcp.waitFor('demo', 'reconnecting');
  const { content } = await mcp.callTool('demo', 'echo', { message: 'still here' });

  assert.deepEqual(content, [{ type: 'text', text: 'Echo: still here' }]);
});
// #endregion
