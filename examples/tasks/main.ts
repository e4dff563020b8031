/**
 * Work that takes longer than a connection lives: a task is begun, its server is killed and its host restarted, and the
 * result is there all the same. Then a published server, whose tool has to be a task, in a plain call.
 */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CallError, McpSupervisor } from 'mcp-supervisor';
import { scriptedStdio } from 'mcp-supervisor/testing';
import { everything } from '../servers/installed-program.ts';

const folder = mkdtempSync(join(tmpdir(), 'tasks-'));
// A server that keeps its tasks in a file, as one with jobs in a database would.
const tasks = { file: join(folder, 'tasks.json'), pollIntervalMs: 100, support: 'required' } as const;
const server = scriptedStdio({ tasks });
const config = { name: 'jobs', ...server.config };

try {
  const id = await beginAndLoseTheServer();
  await resumeInAnotherHost(id);
  await callPlainly();
} finally {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
}

/** Begin a task and kill its server. Returns the id that a host keeps. */
async function beginAndLoseTheServer(): Promise<string> {
  await using mcp = new McpSupervisor();
  const { pid } = await mcp.addServer(config);

  // #region begin
  const task = await mcp.callToolAsTask('jobs', 'job', { ms: 1_500, text: 'the report' });
  console.log('begun:', (await task.status()).status);
  // #endregion

  process.kill(Number(pid), 'SIGKILL');
  await mcp.waitFor('jobs', 'reconnecting');
  console.log('after the kill:', (await task.status()).status);
  assert.ok(task.id, 'the server answered without a task');
  return task.id;
}

/** A host that was started anew has nothing but the name of the server and the id. */
async function resumeInAnotherHost(id: string): Promise<void> {
  await using mcp = new McpSupervisor();
  await mcp.addServer(config);

  // #region resume
  const task = mcp.resumeTask('jobs', id);
  for await (const { status } of task.updates()) console.log('in another host:', status);
  const { content } = await task.result();
  // #endregion

  assert.deepEqual(content, [{ type: 'text', text: 'the report' }]);
  assert.equal(server.journal.entries({ kind: 'task-begun' }).length, 1, 'the work was begun twice');

  // #region unknown
  const failure = await mcp
    .resumeTask('jobs', 'nobody-knows-it')
    .result()
    .catch((error: unknown) => error);
  assert.ok(failure instanceof CallError && failure.code === 'TASK_UNKNOWN' && failure.outcome === 'unknown');
  // #endregion
}

/** A tool that has to be a task needs no other call than any tool. */
async function callPlainly(): Promise<void> {
  await using mcp = new McpSupervisor();
  await mcp.addServer({ name: 'everything', transport: 'stdio', ...everything() });

  const { content } = await mcp.callTool('everything', 'simulate-research-query', { topic: 'tasks' });

  assert.match(JSON.stringify(content), /Research Report: tasks/);
  console.log('a plain call waited for its task');
}
