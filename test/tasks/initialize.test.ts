/** Tasks of revision 2025-11-25, on all transports, and what concerns that revision alone. */

import { describe, expect, it } from 'vitest';
import { scriptedStdio } from '../../src/testing/scripted.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { taskFacts } from './facts.ts';

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
