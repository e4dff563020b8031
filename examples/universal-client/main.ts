/**
 * The complete example of the tutorial that this library grew out of, in TypeScript: a stdio and an SSE server,
 * their tools, a call to each, the details of one, and a cleanup that happens by itself. Both servers are real
 * and run on this machine. It ends with the same cleanup in plain JavaScript, for runtimes without `await using`.
 */

import assert from 'node:assert/strict';
import { McpSupervisor } from 'mcp-supervisor';
import { startHttpServer } from '../servers/http-server.ts';
import { everything } from '../servers/installed-program.ts';
import { livingProcesses } from '../servers/living-processes.ts';
import { banner, showError, showResult } from './presentation.ts';

const { command, args } = everything();
await using server = await startHttpServer('sse');
const { url } = server;

const pid = await main();
assert.deepEqual(livingProcesses([pid]), [], 'the stdio server outlived its client');

const answer = await inPlainJavaScript();
assert.deepEqual(
  answer,
  [{ type: 'text', text: 'Echo: no using needed' }],
  'the plain variant answered something else',
);

/** The tutorial's `main()`. Returns the process of the stdio server. */
async function main(): Promise<number> {
  let answered = 0;
  let pid: number | undefined;
  banner('Universal MCP Client - Example');

  // #region program
  {
    await using client = new McpSupervisor();

    // Connect to a stdio server.
    await client.addServer({ name: 'everything', transport: 'stdio', command, args });

    // Connect to an SSE server.
    await client.addServer({ name: 'remote', transport: 'sse', url });

    // You can also connect to Streamable HTTP servers:
    // await client.addServer({
    //   name: 'github',
    //   transport: 'streamable_http',
    //   url: 'http://localhost:8080/mcp',
    //   headers: { Authorization: 'Bearer your-token' },
    // });

    banner('CONNECTED SERVERS & THEIR TOOLS');
    console.log('Connected servers:', client.listServers());
    for (const [name, tools] of Object.entries(client.listTools())) {
      console.log(`\n${name}:`);
      for (const tool of tools) console.log(`  - ${tool.name}: ${tool.description}`);
    }

    banner('CALLING TOOLS');
    try {
      const result = await client.callTool('everything', 'get-sum', { a: 19, b: 23 });
      showResult('everything', result);
      answered += 1;
    } catch (error) {
      showError(error);
    }
    try {
      const result = await client.callTool('remote', 'echo', { message: 'hello over SSE' });
      showResult('remote', result);
      answered += 1;
    } catch (error) {
      showError(error);
    }

    banner('SERVER DETAILS');
    const info = client.getServerInfo('everything');
    if (info) {
      console.log(`${info.name}:`);
      console.log(`  Transport: ${info.config.transport}`);
      console.log(`  Connected at: ${info.connectedAt?.toISOString()}`);
      console.log(`  Available tools: ${info.tools.length}`);
      pid = info.pid;
    }

    // The cleanup happens here, in reverse order.
  }
  banner('All servers disconnected automatically');
  // #endregion

  assert.equal(answered, 2, 'not every call was answered');
  assert.ok(pid, 'the stdio server had no process');
  return pid;
}

/** The same cleanup without syntax that Node 20 and 22 do not know. */
async function inPlainJavaScript() {
  // #region plain-javascript
  const client = new McpSupervisor();
  try {
    await client.addServer({ name: 'everything', transport: 'stdio', command, args });
    const result = await client.callTool('everything', 'echo', { message: 'no using needed' });
    return result.content;
  } finally {
    await client.disconnectAll();
  }
  // #endregion
}
