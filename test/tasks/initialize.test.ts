/** Tasks of revision 2025-11-25, on all transports, and what concerns that revision alone. */

import { describe, expect, it } from 'vitest';
import { scriptedStdio } from '../../src/testing/scripted.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { taskFacts } from './facts.ts';

const RELATED = 'io.modelcontextprotocol/related-task';

watchForLeaks();
for (const transport of Object.values(TRANSPORTS)) taskFacts(transport, 'initialize');

describe('a tool', () => {
  it.each(['forbidden', 'optional'] as const)('that is %s as a task is called plainly', async (support) => {
    await using server = scriptedStdio({ tasks: { support } });
    await using stand = new Stand();
    await stand.add({ config: server.config });

    await expect(stand.text('job', { text: 'x' })).resolves.toBe('{"text":"x"}');

    const [call] = server.journal.entries({ kind: 'executed', name: 'job' });
    expect(call?.task).toBeUndefined();
  });

  it('that may not be a task is not called as one', async () => {
    await using server = scriptedStdio({ tasks: { support: 'forbidden' } });
    await using stand = new Stand();
    await stand.add({ config: server.config });

    const { error } = await rejection(stand.mcp.callToolAsTask(ONE, 'job'));

    expect([error.code, server.journal.executions('tools/call')]).toEqual(['CAPABILITY_MISSING', 0]);
  });

  it('is asked for with the time that the caller wants its task to be kept', async () => {
    await using server = scriptedStdio({ tasks: {} });
    await using stand = new Stand();
    await stand.add({ config: server.config });

    await stand.mcp.callToolAsTask(ONE, 'job', {}, { ttlMs: 1_234 });

    expect(server.journal.entries({ kind: 'executed', name: 'job' })[0]?.task).toEqual({ ttl: 1_234 });
  });
});

it('lists the tasks of a server', async () => {
  await using server = scriptedStdio({ tasks: {} });
  await using stand = new Stand();
  await stand.add({ config: server.config });
  const first = await stand.mcp.callToolAsTask(ONE, 'job', { ms: 0 });
  const second = await stand.mcp.callToolAsTask(ONE, 'job', {});

  expect(await stand.mcp.listTasks(ONE)).toMatchObject([
    { id: first.id, status: 'completed' },
    { id: second.id, status: 'working' },
  ]);
});

it('lists tasks over all pages, by cursors as they are', async () => {
  const page = (taskId: string, more: object) => {
    const result = { tasks: [{ taskId, status: 'working', ttl: null }], ...more };
    return { on: 'tasks/list', do: 'result', times: 1, result } as const;
  };
  const faults = [page('a', { nextCursor: '' }), page('b', { nextCursor: ' %2F ' }), page('c', {})];
  await using server = scriptedStdio({ tasks: {}, faults });
  await using stand = new Stand();
  await stand.add({ config: server.config });

  expect((await stand.mcp.listTasks(ONE)).map(({ id }) => id)).toEqual(['a', 'b', 'c']);

  const asked = server.journal.entries({ kind: 'message', method: 'tasks/list' });
  expect(asked.map(({ cursor }) => cursor)).toEqual([undefined, '', ' %2F ']);
});

it('hears the progress of a task for as long as it runs', async () => {
  await using server = scriptedStdio({ tasks: {} });
  await using stand = new Stand();
  await stand.add({ config: server.config });
  const steps: number[] = [];
  let heard = () => {};
  const options = {
    onProgress: ({ progress }: { progress: number }) => {
      steps.push(progress);
      heard();
    },
  };
  const task = await stand.mcp.callToolAsTask(ONE, 'job', {}, options);
  const [call] = server.journal.entries({ kind: 'executed', name: 'job' });
  const progressToken = call?.meta?.['progressToken'];

  for (const progress of [1, 2]) {
    const next = new Promise<void>((resolve) => {
      heard = resolve;
    });
    await server.control({ do: 'notify', method: 'notifications/progress', params: { progressToken, progress } });
    await next;
    await task.status();
  }

  expect(steps).toEqual([1, 2]);
});

it('names a task by the parameter of what is asked about it, and nowhere else', async () => {
  await using server = scriptedStdio({ tasks: { pollIntervalMs: 100 } });
  await using stand = new Stand();
  await stand.add({ config: server.config });
  const task = await stand.mcp.callToolAsTask(ONE, 'job', { ms: 0 });

  await task.result();
  await task.cancel();

  for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
    const [asked] = server.journal.entries({ kind: 'executed', method });
    expect([asked?.taskId, asked?.meta?.[RELATED]]).toEqual([task.id, undefined]);
  }
});

it('cancels a task whose creation was aborted as soon as it knows which it is', async () => {
  await using server = scriptedStdio({
    tasks: {},
    faults: [{ on: 'tools/call:job', do: 'delay', ms: 150 }],
  });
  await using stand = new Stand();
  await stand.add({ config: server.config });
  const controller = new AbortController();
  const call = rejection(stand.mcp.callToolAsTask(ONE, 'job', {}, { signal: controller.signal }));
  await server.journal.waitFor({ kind: 'message', method: 'tools/call' });

  controller.abort();

  expect((await call).error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown' });
  await server.journal.waitFor({ kind: 'task-cancelled' });
  expect(server.journal.entries({ kind: 'cancelled' })).toEqual([]);
});
