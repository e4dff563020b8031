/** What holds for tasks on every transport and in both eras, through the public surface and against a real process. */

import { expect, it } from 'vitest';
import type { ElicitationRequest, SamplingRequest, SupervisorOptions, Task, TaskState } from '../../src/index.ts';
import type { Behaviour, ScriptedTasks } from '../../src/testing/behaviour.ts';
import { scratchFile } from '../../src/testing/scratch.ts';
import { ONE, rejection, Stand } from '../contract/stand.ts';
import type { ServerUnderTest, TransportUnderTest } from '../contract/transport-under-test.ts';

const CALL = { timeoutMs: 10_000 };
const QUESTION = {
  message: 'Which city?',
  requestedSchema: { type: 'object', properties: { city: { type: 'string' } } },
};
const ASKED = { messages: [{ role: 'user', content: { type: 'text', text: 'Which city?' } }], maxTokens: 100 };
const ANSWER = { model: 'm-1', role: 'assistant', content: { type: 'text', text: 'Paris' } } as const;
const WEATHER = { type: 'object', properties: { degrees: { type: 'number' } }, required: ['degrees'] };
const PARIS = { action: 'accept', content: { city: 'Paris' } } as const;

/** The eras in which there are tasks. */
export type TaskEra = 'initialize' | 'discover';

/** Register the facts as tests. */
export function taskFacts(transport: TransportUnderTest, era: TaskEra): void {
  const fact = (text: string, run: () => Promise<void>) => it(`${text} [${transport.kind}, ${era}]`, run);
  const start = (tasks: ScriptedTasks = {}, behaviour: Behaviour = {}) =>
    transport.start({ era, ...behaviour, tasks: { pollIntervalMs: 100, ...tasks } });
  const stand = async (server: ServerUnderTest, options: SupervisorOptions = {}) => {
    const made = new Stand(options);
    await made.add(server, { protocol: era });
    return made;
  };

  fact('calls a tool as a task, follows its states and gives its result', async () => {
    await using server = await start({ ttlMs: 60_000 });
    await using one = await stand(server);

    const task = await one.mcp.callToolAsTask(ONE, 'job', { text: 'found' }, CALL);
    const seen = states(task);
    expect(await task.status()).toMatchObject({ status: 'working', ttlMs: 60_000 });
    await server.control({ do: 'end-tasks' });

    await expect(task.result(CALL)).resolves.toMatchObject({ content: [{ type: 'text', text: 'found' }] });
    expect([...new Set((await seen).map(({ status }) => status))]).toEqual(['working', 'completed']);
    expect(await task.status()).toMatchObject({ status: 'completed' });
    expect(task.id).toBe('task-1-1');
  });

  fact('looks at it on in the next life of the server, where that still knows it', async () => {
    await using server = await start({ file: scratchFile('tasks.json') });
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', { text: 'survived' }, CALL);
    const result = task.result(CALL);
    await server.journal.waitFor({ kind: 'executed', method: 'tasks/get' });

    await server.kill();
    await server.revive();
    // A server without sessions may be back before its epoch ends, and is asked on in the same.
    await server.journal.waitFor({ kind: 'executed', method: 'tasks/get', life: 2 });
    await server.control({ do: 'end-tasks' });

    await expect(result).resolves.toMatchObject({ content: [{ text: 'survived' }] });
    expect(begun(server)).toBe(1);
  });

  // Over stdio a stream ends with its process, which is the fact above.
  const httpFact = transport.isOwned ? () => {} : fact;
  httpFact('goes on after every stream was cut', async () => {
    await using server = await start({ file: scratchFile('tasks.json') });
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', { ms: 600, text: 'uncut' }, CALL);
    const result = task.result(CALL);
    await server.journal.waitFor({ kind: 'executed', method: 'tasks/get' });

    await server.control({ do: 'reset' });

    await expect(result).resolves.toMatchObject({ content: [{ text: 'uncut' }] });
    expect(begun(server)).toBe(1);
  });

  fact('says that it is not known any more, where the next life of the server does not know it', async () => {
    await using server = await start();
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', {}, CALL);
    const failed = rejection(task.result(CALL));
    await server.journal.waitFor({ kind: 'executed', method: 'tasks/get' });

    await server.kill();
    await server.revive();

    const { error } = await failed;
    expect(error).toMatchObject({ code: 'TASK_UNKNOWN', outcome: 'unknown', taskId: task.id, retryable: false });
    expect((await rejection(task.status(CALL))).error.code).toBe('TASK_UNKNOWN');
    expect(begun(server)).toBe(1);
  });

  fact('gives the handle again to a host that was restarted', async () => {
    await using server = await start({ file: scratchFile('tasks.json') });
    const first = await stand(server);
    const { id = '' } = await first.mcp.callToolAsTask(ONE, 'job', { ms: 0, text: 'kept' }, CALL);
    await first.mcp.close();

    await using second = await stand(server);
    const result = await second.mcp.resumeTask(ONE, id).result(CALL);

    expect(result).toMatchObject({ content: [{ text: 'kept' }] });
    expect(begun(server)).toBe(1);
    const { error } = await rejection(second.mcp.resumeTask(ONE, 'task-of-nobody').result(CALL));
    expect(error.code).toBe('TASK_UNKNOWN');
  });

  fact('leaves the outcome unknown, and begins no second task, when the reply to its creation is lost', async () => {
    const lost = { on: 'tools/call:job', do: 'half-then-reset' } as const;
    const annotations = { job: { idempotentHint: true } };
    await using server = await start({}, { faults: [transport.once(lost)], annotations });
    await using one = new Stand();
    await one.add(server, { protocol: era, trusted: true });

    const { error } = await rejection(one.mcp.callToolAsTask(ONE, 'job', {}, CALL));

    expect([error.outcome, error.taskId]).toEqual(['unknown', undefined]);
    await expect(one.text('echo', { text: 'back' })).resolves.toBe('back');
    expect(begun(server)).toBe(1);
  });

  fact('runs a tool to its end in a plain call, whose deadline cancels the task', async () => {
    await using server = await start({ support: 'required' });
    await using one = await stand(server);

    await expect(one.mcp.callTool(ONE, 'job', { ms: 150, text: 'plain' }, CALL)).resolves.toMatchObject({
      content: [{ text: 'plain' }],
    });
    const { error } = await rejection(one.mcp.callTool(ONE, 'job', {}, { timeoutMs: 300 }));

    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown', taskId: 'task-1-2' });
    expect(error.message).toContain('300 ms');
    await server.journal.waitFor({ kind: 'task-cancelled', taskId: 'task-1-2' });
    expect(cancelledCalls(server)).toEqual([]);
  });

  fact('cancels the task of a plain call that is aborted', async () => {
    await using server = await start({ support: 'required' });
    await using one = await stand(server);
    const controller = new AbortController();
    const call = rejection(one.mcp.callTool(ONE, 'job', {}, { ...CALL, signal: controller.signal }));
    await server.journal.waitFor({ kind: 'executed', method: 'tasks/get' });

    controller.abort();

    expect((await call).error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown', taskId: 'task-1-1' });
    await server.journal.waitFor({ kind: 'task-cancelled' });
  });

  fact('cancels on request, and says so to whoever waits', async () => {
    await using server = await start();
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', {}, CALL);
    const waiting = rejection(task.result(CALL));

    expect(await task.cancel(CALL)).toMatchObject({ status: 'cancelled' });

    expect((await waiting).error).toMatchObject({ code: 'TASK_CANCELLED', outcome: 'failed-by-server' });
    expect(await task.cancel(CALL), 'cancelled twice').toMatchObject({ status: 'cancelled' });
  });

  fact('passes the error on that the call itself ended with', async () => {
    await using server = await start();
    await using one = await stand(server);
    // The code with which servers say, too, that they do not know a task.
    const error = { code: -32_602, message: 'no such city' };

    const task = await one.mcp.callToolAsTask(ONE, 'job', { ms: 0, status: 'failed', error }, CALL);

    const failed = await rejection(task.result(CALL));
    expect(failed.error).toMatchObject({ code: 'SERVER_ERROR', outcome: 'failed-by-server', rpcCode: -32_602 });
  });

  fact('answers what a task asks for, once, by the handler of the host', async () => {
    const asked: ElicitationRequest[] = [];
    const handlers = {
      elicitation: (request: ElicitationRequest) => {
        asked.push(request);
        return PARIS;
      },
    };
    await using server = await start();
    await using one = await stand(server, { handlers, elicitationTimeoutMs: 10_000 });

    const ask = { method: 'elicitation/create', params: QUESTION };
    const task = await one.mcp.callToolAsTask(ONE, 'job', { ms: 0, ask }, CALL);

    const { content } = await task.result(CALL);
    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject(PARIS);
    expect(asked).toMatchObject([QUESTION]);
    if (era === 'initialize') {
      const answer = JSON.parse((content[0] as { text: string }).text) as Record<string, unknown>;
      expect(answer['_meta']).toEqual({ 'io.modelcontextprotocol/related-task': { taskId: task.id } });
    }
  });

  fact('answers what a task asks the model for by the handler of the host', async () => {
    const asked: SamplingRequest[] = [];
    const handlers = {
      sampling: (request: SamplingRequest) => {
        asked.push(request);
        return ANSWER;
      },
    };
    await using server = await start();
    await using one = await stand(server, { handlers });

    const ask = { method: 'sampling/createMessage', params: ASKED };
    const task = await one.mcp.callToolAsTask(ONE, 'job', { ms: 0, ask }, CALL);

    const { content } = await task.result(CALL);
    expect(JSON.parse((content[0] as { text: string }).text)).toMatchObject(ANSWER);
    expect(asked).toMatchObject([ASKED]);
  });

  fact('checks the result against what its tool declares', async () => {
    const broken = {
      code: 'RESULT_INVALID',
      outcome: 'failed-by-server',
      violation: { path: '/degrees', rule: 'type' },
    };
    await using server = await start({ support: 'required', outputSchema: WEATHER });
    await using one = await stand(server);
    const wrong = { ms: 0, structured: { degrees: 'mild' } };

    const handle = await one.mcp.callToolAsTask(ONE, 'job', wrong, CALL);
    const ofHandle = await rejection(handle.result(CALL));
    const ofCall = await rejection(one.mcp.callTool(ONE, 'job', wrong, CALL));
    const right = await one.mcp.callToolAsTask(ONE, 'job', { ms: 0, structured: { degrees: 18 } }, CALL);

    expect(ofHandle.error).toMatchObject({ ...broken, taskId: handle.id });
    expect(ofHandle.error.result).toMatchObject({ structuredContent: { degrees: 'mild' } });
    expect(ofCall.error).toMatchObject({ ...broken, taskId: 'task-1-2' });
    await expect(right.result(CALL)).resolves.toMatchObject({ structuredContent: { degrees: 18 } });
  });

  fact('needs no hint of the server, and takes one', async () => {
    await using server = await start({ pollIntervalMs: 60_000 });
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', { text: 'told' }, CALL);
    const result = task.result(CALL);
    // The first look is what a server of the later era is asked by to tell of the task.
    await task.status(CALL);
    if (era === 'discover') await server.journal.waitFor({ kind: 'listening-to' }, 2);

    await server.control({ do: 'end-tasks', notify: true });

    await expect(result).resolves.toMatchObject({ content: [{ text: 'told' }] });
  });

  fact('ends every wait at once when its server is removed, or its supervisor closed', async () => {
    await using server = await start({ pollIntervalMs: 60_000 });
    await using one = await stand(server);
    const task = await one.mcp.callToolAsTask(ONE, 'job', {}, CALL);
    const waiting = [rejection(task.result()), rejection(states(task))];

    await one.mcp.removeServer(ONE);

    for (const { error } of await Promise.all(waiting)) {
      expect(error).toMatchObject({ code: 'SERVER_REMOVED', outcome: 'unknown', taskId: task.id });
    }
    await one.add(server, { protocol: era }, 'two');
    const other = rejection((await one.mcp.callToolAsTask('two', 'job', {}, CALL)).result());
    await one.mcp.close();
    expect((await other).error.code).toBe('SUPERVISOR_CLOSED');
  });

  fact('sends nothing where the server knows no tasks', async () => {
    await using server = await transport.start({ era });
    await using one = await stand(server);

    const { error } = await rejection(one.mcp.callToolAsTask(ONE, 'echo', { text: 'x' }, CALL));

    expect(error).toMatchObject({ code: 'CAPABILITY_MISSING', outcome: 'not-sent' });
    expect((await rejection(one.mcp.listTasks(ONE))).error.code).toBe('CAPABILITY_MISSING');
    expect(server.journal.executions('tools/call')).toBe(0);
  });
}

/** All states until the end. */
async function states(task: Task): Promise<TaskState[]> {
  const seen: TaskState[] = [];
  for await (const state of task.updates()) seen.push(state);
  return seen;
}

/** Calls that were cancelled by their request; a look may be. */
function cancelledCalls({ journal }: ServerUnderTest): unknown[] {
  const calls = new Set(journal.entries({ kind: 'executed', method: 'tools/call' }).map(({ id }) => id));
  return journal.entries({ kind: 'cancelled' }).filter(({ id }) => calls.has(id));
}

function begun(server: ServerUnderTest): number {
  return server.journal.entries({ kind: 'task-begun' }).length;
}
