/** Uses the packed tarball as a plain JavaScript project does: it loads, works without servers, and closes. */

import assert from 'node:assert/strict';
import { ConfigError, DEFAULTS, ERROR_CODES, McpSupervisor, SupervisorError } from 'mcp-supervisor';

const mcp = new McpSupervisor();
assert.deepEqual(mcp.listServers(), []);
assert.deepEqual(mcp.listTools(), {});
assert.equal(mcp.getServerInfo('nobody'), undefined);
await assert.rejects(mcp.addServer({ name: 'x', transport: 'smoke signals' }), ConfigError);
await assert.rejects(mcp.callTool('nobody', 'x', {}), (error) => {
  return error instanceof SupervisorError && error.code === 'SERVER_UNKNOWN' && error.code in ERROR_CODES;
});
assert.ok(DEFAULTS.callTimeoutMs > 0);
await mcp.disconnectAll();
