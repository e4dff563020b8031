/**
 * Faults in front of real servers: each is cut, stalled, refused, killed and put through a storm while an agent calls
 * it. Asserts that every call is answered with its own answer or fails with a typed outcome, that every server comes
 * back, and that nothing is left; exits non-zero otherwise.
 */

import assert from 'node:assert/strict';
import { CallError, McpSupervisor, type ServerConfig } from 'mcp-supervisor';
import { faultTransport, startScripted, watchLeaks } from 'mcp-supervisor/testing';
import { startHttpServer } from '../servers/http-server.ts';
import { everything } from '../servers/installed-program.ts';
import { Caller } from './caller.ts';

const LIMIT_MS = 80_000;

/** Impatient, so that the example takes seconds. */
const defaults = {
  backoff: { baseMs: 50, factor: 2, maxMs: 500 },
  heartbeat: { intervalMs: 500, probeAfterMs: 300, timeoutMs: 500, misses: 2, busyMisses: 2 },
  connectTimeoutMs: 4_000,
};

async function main(): Promise<void> {
  const leaks = watchLeaks();
  await using sse = await startHttpServer('sse');
  await using http = await startHttpServer('streamable_http');
  await torment({ name: 'everything-stdio', transport: 'stdio', ...everything() });
  await torment({ name: 'everything-sse', transport: 'sse', url: sse.url });
  await torment({ name: 'everything-http', transport: 'streamable_http', url: http.url });
  await countExecutions();
  await Promise.all([sse.stop(), http.stop()]);
  await leaks.assertNone();
  console.log('Every call ended once, and nothing is left.');
}

// #region torment
/** Put one server behind faults while an agent calls it. */
async function torment(server: ServerConfig): Promise<void> {
  await using faults = await faultTransport(server);
  await using mcp = new McpSupervisor({ defaults });
  await mcp.addServer(faults.config);
  const agent = new Caller(mcp, server.name);

  await agent.answered();
  await faults.cut();
  await agent.answered();

  await faults.stall(); // Half-open: nothing is closed, nothing arrives.
  await mcp.waitFor(server.name, 'reconnecting');
  await faults.resume();
  await agent.answered();

  if ('kill' in faults) await faults.kill(); // Processes are within reach over stdio only.
  await agent.answered();

  const { faults: drawn } = await faults.storm({ seed: 1, durationMs: 3_000, pauseMs: 200 });
  await agent.answered();
  console.log(`${server.name}: a storm of ${drawn.length} faults; calls: ${await agent.stop()}`);
}
// #endregion

// #region scripted
/** A scripted server counts what it carries out, in all its lives. */
async function countExecutions(): Promise<void> {
  await using server = await startScripted('streamable_http', {
    faults: [{ on: 'tools/call:add', do: 'half', times: 1 }],
  });
  await using mcp = new McpSupervisor({ defaults });
  await mcp.addServer({ name: 'scripted', ...server.config });

  const call = mcp.callTool('scripted', 'add', { a: 2, b: 3 }, { timeoutMs: 1_000 });
  const error = await call.catch((thrown: unknown) => thrown);

  assert.ok(error instanceof CallError && error.outcome === 'unknown', 'half a reply is not an answer');
  assert.equal(server.journal.executions('tools/call', 'add'), 1, 'the call ran once, so it must not be sent again');
}
// #endregion

const late = setTimeout(() => {
  console.error(`not done within ${LIMIT_MS / 1000} s`);
  process.exit(1);
}, LIMIT_MS);

try {
  await main();
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  clearTimeout(late);
}
