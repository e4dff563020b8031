/** Uses the packed tarball as a plain JavaScript project does: it loads, serves scripted servers, and closes. */

import assert from 'node:assert/strict';
import { ConfigError, DEFAULTS, ERROR_CODES, McpSupervisor, SupervisorError } from 'mcp-supervisor';
import { faultTransport, SimulatedClock, scriptedStdio, startScripted, watchLeaks } from 'mcp-supervisor/testing';

const leaks = watchLeaks();
const mcp = new McpSupervisor();
assert.deepEqual(mcp.listServers(), []);
assert.deepEqual(mcp.listTools(), {});
assert.equal(mcp.getServerInfo('nobody'), undefined);
await assert.rejects(mcp.addServer({ name: 'x', transport: 'smoke signals' }), ConfigError);
await assert.rejects(mcp.callTool('nobody', 'x', {}), (error) => {
  return error instanceof SupervisorError && error.code === 'SERVER_UNKNOWN' && error.code in ERROR_CODES;
});
assert.ok(DEFAULTS.callTimeoutMs > 0);

const stdio = scriptedStdio();
const servers = { stdio, sse: await startScripted('sse'), streamable: await startScripted('streamable_http') };
for (const [name, { config, journal }] of Object.entries(servers)) {
  const faults = await faultTransport({ name, ...config });
  await mcp.addServer(faults.config);
  await faults.reset();
  await mcp.waitFor(name, 'ready');
  const { content } = await mcp.callTool(name, 'add', { a: 2, b: 3 }, { retry: 'always' });
  assert.deepEqual(content, [{ type: 'text', text: '5' }]);
  assert.equal(journal.executions('tools/call', 'add'), 1);
  assert.equal(faults.report().verbs.reset, 1);
  await mcp.removeServer(name);
  await faults.close();
}
assert.equal(new SimulatedClock(7).now(), 7);
await mcp.disconnectAll();
for (const server of Object.values(servers)) await server[Symbol.asyncDispose]();
await leaks.assertNone();
