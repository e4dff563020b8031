import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { alive } from '../../../src/testing/processes.ts';
import { scratchFile } from '../../../src/testing/scratch.ts';
import { scriptedStdio } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw, createRaw } from '../../ground/raw-client.ts';
import { line, startRaw } from '../../ground/raw-process.ts';

watchForLeaks();

describe('a scripted stdio server', () => {
  it('speaks the protocol of 2025-11-25 with the SDK client', async () => {
    const server = scriptedStdio({ name: 'weather', instructions: 'ask me' });
    await using raw = await connectRaw(server.config);
    const progress: number[] = [];

    await raw.client.callTool({ name: 'progress', arguments: { steps: 3, ms: 20 } }, undefined, {
      onprogress: (event) => progress.push(event.progress),
    });

    expect(raw.client.getServerVersion()).toEqual({ name: 'weather', version: '1.0.0' });
    expect(raw.client.getInstructions()).toBe('ask me');
    expect(await raw.callText('echo', { text: 'hello' })).toBe('hello');
    expect(await raw.callText('add', { a: 2, b: 3 })).toBe('5');
    expect(await raw.callText('sleep', { ms: 5 })).toBe('slept 5 ms');
    // The SDK drops progress that arrives together with the reply.
    expect(progress.slice(0, 1)).toEqual([1]);
  });

  it('returns its pid, its environment and texts of any size', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw({ ...server.config, env: { CANARY: 'yes' } });

    const environment = JSON.parse(await raw.callText('env')) as Record<string, string>;

    expect(Number(await raw.callText('pid'))).toBe(server.journal.entries({ kind: 'started' })[0]?.pid);
    expect(environment.CANARY).toBe('yes');
    expect((await raw.callText('huge', { bytes: 1_000_000 })).length).toBe(1_000_000);
  });

  it('writes each request it executes into the journal, with its arguments', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);

    await raw.callText('echo', { text: 'one' });
    await raw.callText('echo', { text: 'two' });

    expect(server.journal.executions('initialize')).toBe(1);
    expect(server.journal.executions('tools/call', 'echo')).toBe(2);
    expect(server.journal.entries({ kind: 'executed', name: 'echo' })[1]?.arguments).toEqual({ text: 'two' });
  });

  it('answers errors of a tool and of the protocol', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);

    const failed = await raw.client.callTool({ name: 'fail', arguments: { how: 'tool' } });

    expect(failed.isError).toBe(true);
    await expect(raw.callText('fail', { how: 'protocol' })).rejects.toMatchObject({ code: -32000 });
    await expect(raw.callText('no-such-tool')).rejects.toMatchObject({ code: -32602 });
  });

  it('says -32602 to a call before the handshake', async () => {
    const child = startRaw(scriptedStdio());
    const lines = createInterface({ input: child.stdout });
    child.stdin.write(line({ id: 7, method: 'tools/list' }));

    const [reply = ''] = (await once(lines, 'line')) as string[];
    child.stdin.end();
    await once(child, 'close');

    expect(JSON.parse(reply)).toMatchObject({ id: 7, error: { code: -32602 } });
  });

  it('leaves a cancelled call without a reply', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);
    const abort = new AbortController();
    const call = raw.client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: abort.signal });
    const rejected = expect(call).rejects.toThrow();
    const executed = await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    abort.abort();
    await rejected;
    const cancelled = await server.journal.waitFor({ kind: 'cancelled' });

    expect(cancelled.id).toBe(executed.id);
    expect(await raw.callText('echo', { text: 'alive' })).toBe('alive');
    expect(raw.complaints).toEqual([]);
  });

  it('keeps a call waiting until it is told to release it', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);

    const call = raw.callText('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    await server.control({ do: 'release' });

    expect(await call).toBe('released');
  });

  it('sends requests to the client', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);

    expect(JSON.parse(await raw.callText('ask', { method: 'ping' }))).toMatchObject({ result: {} });
  });

  it('adds a tool and says so', async () => {
    const server = scriptedStdio();
    await using raw = await connectRaw(server.config);
    const names: string[] = [];
    const changed = new Promise<void>((resolve) => {
      raw.client.fallbackNotificationHandler = async (notification) => {
        names.push(notification.method);
        resolve();
      };
    });

    await raw.callText('grow-tools');
    await changed;
    const { tools } = await raw.client.listTools();

    expect(names).toEqual(['notifications/tools/list_changed']);
    expect(tools.map((tool) => tool.name)).toContain('grown-1');
    expect(await raw.callText('grown-1', { x: 1 })).toBe('{"x":1}');
  });

  it('lists tools in pages, endlessly if told to, with what else it is told to list', async () => {
    const paged = scriptedStdio({
      pageSize: 10,
      tools: [{ name: 'odd' }],
      annotations: { add: { readOnlyHint: true } },
    });
    await using raw = await connectRaw(paged.config);
    const page = z.object({ tools: z.array(z.looseObject({ name: z.string() })), nextCursor: z.string().optional() });
    const request = async (cursor?: string): Promise<z.infer<typeof page>> =>
      raw.client.request({ method: 'tools/list', params: { cursor } }, page);

    const first = await request();
    const second = await request(first.nextCursor);
    await paged.control({ set: { endlessPages: true } });
    const endless = [await request('x'), await request('y')];

    expect(first.tools).toHaveLength(10);
    expect(first.tools.find((tool) => tool.name === 'add')).toMatchObject({ annotations: { readOnlyHint: true } });
    expect(second.tools.at(-1)).toEqual({ name: 'odd' });
    expect(second.nextCursor).toBeUndefined();
    expect(endless.every(({ nextCursor }) => nextCursor !== undefined)).toBe(true);
  });
});

describe('the tool commit', () => {
  it.each([
    ['reply', 'committed'],
    ['exit', undefined],
    ['reset', undefined],
  ])('appends one line, ending: %s', async (ending, reply) => {
    const server = scriptedStdio();
    const file = scratchFile('effects');
    await using raw = await connectRaw(server.config);

    const call = raw.callText('commit', { file, ending });
    await (reply === undefined ? expect(call).rejects.toThrow() : expect(call).resolves.toBe(reply));

    expect(readFileSync(file, 'utf8')).toBe('committed\n');
  });

  it.each(['hang', 'cut'])('appends one line and never replies, ending: %s', async (ending) => {
    const server = scriptedStdio();
    const file = scratchFile('effects');
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('commit', { file, ending }, 200)).rejects.toMatchObject({ code: -32001 });
    await server.journal.waitFor({ kind: 'committed' });

    expect(readFileSync(file, 'utf8')).toBe('committed\n');
    const [started] = server.journal.entries({ kind: 'started' });
    expect(alive(started?.pid as number)).toBe(true);
  });
});

describe('a scripted handshake', () => {
  it('stays without an answer', async () => {
    const server = scriptedStdio({ faults: [{ on: 'initialize', do: 'never' }] });

    await using raw = createRaw(server.config);

    const connecting = expect(raw.client.connect(raw.transport)).rejects.toMatchObject({ code: -32000 });
    await server.journal.waitFor({ kind: 'message', method: 'initialize' });
    await raw.client.close();
    await connecting;

    expect(server.journal.executions('initialize')).toBe(0);
  });

  it('is answered with an error, another shape or an unknown revision', async () => {
    const refused = scriptedStdio({ faults: [{ on: 'initialize', do: 'error', code: -32600, message: 'no' }] });
    const misshapen = scriptedStdio({ faults: [{ on: 'initialize', do: 'result', result: { odd: true } }] });
    const foreign = scriptedStdio({ protocolVersion: '1999-01-01' });

    await expect(connectRaw(refused.config)).rejects.toMatchObject({ code: -32600 });
    await expect(connectRaw(misshapen.config)).rejects.toMatchObject({ name: expect.stringContaining('Zod') });
    await expect(connectRaw(foreign.config)).rejects.toThrow('1999-01-01');
  });

  it('comes late', async () => {
    const server = scriptedStdio({ faults: [{ on: 'start', do: 'delay', ms: 300 }] });
    const begunMs = performance.now();

    await using raw = await connectRaw(server.config);

    expect(performance.now() - begunMs).toBeGreaterThan(290);
    expect(await raw.callText('echo', { text: 'late' })).toBe('late');
  });
});
