/**
 * The main job, from start to end: an agent's four servers over three transports, two of them broken on purpose
 * while calls are made, all of them disposed in order. Every line it prints is asserted; it exits non-zero
 * and says what failed otherwise.
 */

import assert from 'node:assert/strict';
import { CallError, McpSupervisor, type ServerConfig } from 'mcp-supervisor';
import { type HttpServer, startHttpServer } from '../servers/http-server.ts';
import { everything, filesystem } from '../servers/installed-program.ts';
import { livingProcesses } from '../servers/living-processes.ts';
import { Report, textOf } from './report.ts';
import { temporaryFolder } from './temporary-folder.ts';

const LIMIT_MS = 60_000;
const TOKEN = 'a-token-that-nobody-shall-see';

const report = new Report(process.stdout);

async function main(): Promise<void> {
  report.title('Four servers, three transports, one supervisor');
  await using sse = await startHttpServer('sse');
  await using http = await startHttpServer('streamable_http');
  await using folder = await temporaryFolder({ 'notes.txt': 'Buy milk.' });
  const pids = new Set([sse.pid, http.pid]);
  const removed: string[] = [];

  const servers: ServerConfig[] = [
    { name: 'everything-stdio', transport: 'stdio', ...everything() },
    { name: 'everything-sse', transport: 'sse', url: sse.url },
    { name: 'everything-http', transport: 'streamable_http', url: http.url },
    { name: 'files', transport: 'stdio', ...filesystem(folder.path), env: { API_TOKEN: TOKEN } },
  ];
  const names = servers.map(({ name }) => name);

  const mcp = new McpSupervisor();
  mcp.on('state', (change) => {
    report.state(change);
    const pid = mcp.getServerInfo(change.server)?.pid;
    if (pid !== undefined) pids.add(pid);
  });
  mcp.on('server.removed', ({ server, atMs }) => {
    report.removed(server, atMs);
    removed.push(server);
  });

  try {
    report.heading('Connect to all at once');
    const added = await mcp.addServers(servers, { startTimeoutMs: 20_000 });
    for (const result of added) if (result.status === 'failed') throw result.error;

    report.heading('Their tools');
    for (const name of names) report.tools(name, mcp.listTools(name)[name] ?? []);
    for (const name of names) assert.notEqual(mcp.listTools(name)[name]?.length, 0, `${name} has no tools`);

    report.heading('One call to each');
    await call(mcp, 'everything-stdio', 'echo', { message: 'hello' }, /hello/);
    await call(mcp, 'everything-sse', 'get-sum', { a: 19, b: 23 }, /42/);
    await call(mcp, 'everything-http', 'echo', { message: 'hello again' }, /hello again/);
    await call(mcp, 'files', 'read_text_file', { path: folder.file('notes.txt') }, /Buy milk/);

    report.heading('Kill the stdio server with SIGKILL');
    await killStdioServer(mcp);

    report.heading('Restart the Streamable HTTP server, which forgets its sessions');
    await restartHttpServer(mcp, http);
    pids.add(http.pid);

    report.heading('What is known of a server, secrets redacted');
    const info = mcp.getServerInfo('files');
    assert.ok(info, 'there is no information about files');
    assert.ok(!JSON.stringify(info).includes(TOKEN), 'the information about files holds its secret');
    report.info(info);
  } finally {
    report.heading('Dispose, last started first');
    await mcp.close();
  }
  assert.deepEqual(removed, names.toReversed(), 'the servers were not disposed in reverse order');
  await Promise.all([sse.stop(), http.stop()]);

  report.heading('What is left');
  assert.deepEqual(livingProcesses(pids), [], 'processes are left');
  report.note(`${pids.size} server processes were seen, 0 are left.`);
}

/** A call that is on its way when the process dies is not repeated; calls made afterwards wait, and are answered. */
async function killStdioServer(mcp: McpSupervisor): Promise<void> {
  const server = 'everything-stdio';
  const before = mcp.getServerInfo(server);
  assert.ok(before?.pid, 'the stdio server has no process');

  let progressed = () => {};
  const underWay = new Promise<void>((resolve) => {
    progressed = resolve;
  });
  const caught = mcp
    .callTool(
      server,
      'trigger-long-running-operation',
      { duration: 20, steps: 200 },
      { onProgress: () => progressed() },
    )
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  await underWay;
  const lost = Promise.all([caught, mcp.waitFor(server, 'reconnecting')]);
  process.kill(before.pid, 'SIGKILL');
  const [error] = await lost;
  assert.ok(error instanceof CallError, 'the call under way did not fail');
  assert.equal(error.outcome, 'unknown', 'the outcome of the call under way is not unknown');
  report.note(`The call under way failed (outcome: ${error.outcome}): it may have run, so it is not repeated.`);

  await callsInTheGap(mcp, server);
  assert.notEqual(mcp.getServerInfo(server)?.pid, before.pid, 'the stdio server is not a new process');
}

/** The server is down for a moment: calls made meanwhile wait for the new session. */
async function restartHttpServer(mcp: McpSupervisor, http: HttpServer): Promise<void> {
  const server = 'everything-http';
  const before = mcp.getServerInfo(server);
  await http.stop();
  const answers = callsInTheGap(mcp, server);
  await mcp.waitFor(server, 'reconnecting');
  await http.start();
  await answers;

  const after = mcp.getServerInfo(server);
  assert.notEqual(after?.epoch, before?.epoch, 'the HTTP server is not in a new epoch');
  report.note(
    `Session ${before?.sessionId} of epoch ${before?.epoch} became ${after?.sessionId} of epoch ${after?.epoch}.`,
  );
}

async function callsInTheGap(mcp: McpSupervisor, server: string): Promise<void> {
  const startedAt = performance.now();
  const messages = ['one', 'two', 'three'];
  const results = await Promise.all(messages.map((message) => mcp.callTool(server, 'echo', { message })));
  assert.deepEqual(results.map(textOf), ['Echo: one', 'Echo: two', 'Echo: three'], `calls to ${server} went wrong`);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(2);
  report.note(`3 calls made in the gap waited, and were answered after ${seconds} s.`);
}

async function call(mcp: McpSupervisor, server: string, tool: string, args: Record<string, unknown>, expected: RegExp) {
  const text = textOf(await mcp.callTool(server, tool, args));
  report.result(server, tool, text);
  assert.match(text, expected, `${tool} of ${server} answered something else`);
}

const late = setTimeout(() => {
  report.failed(new Error(`not done within ${LIMIT_MS / 1000} s`));
  process.exit(1);
}, LIMIT_MS);

try {
  await main();
  report.passed();
} catch (error) {
  report.failed(error);
  process.exitCode = 1;
} finally {
  clearTimeout(late);
}
