import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Behaviour } from '../../../src/testing/behaviour.ts';
import { alive, processRow, waitGone } from '../../../src/testing/processes.ts';
import { scriptedStdio } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw, createRaw } from '../../ground/raw-client.ts';
import { HELLO, line, startRaw } from '../../ground/raw-process.ts';

watchForLeaks();

describe('a scripted stdio server that dies', () => {
  it.each<[string, Behaviour, number | null, string | null]>([
    ['before anything with code 3', { faults: [{ on: 'start', do: 'exit', code: 3 }] }, 3, null],
    ['at initialize with code 0', { faults: [{ on: 'initialize', do: 'exit', code: 0 }] }, 0, null],
    ['at initialize by SIGSEGV', { faults: [{ on: 'initialize', do: 'signal', signal: 'SIGSEGV' }] }, null, 'SIGSEGV'],
  ])('%s', async (_title, behaviour, exitCode, signal) => {
    const child = startRaw(scriptedStdio(behaviour));
    child.stdin.on('error', () => undefined);
    child.stdin.write(HELLO.initialize);

    expect(await once(child, 'close')).toEqual([exitCode, signal]);
  });

  it.each([
    [{ code: 7 }, [7, null]],
    [{ signal: 'SIGABRT' }, [null, 'SIGABRT']],
  ])('in the tool crash with %o', async (how, exit) => {
    const server = scriptedStdio();
    const child = startRaw(server);
    const call = line({ id: 2, method: 'tools/call', params: { name: 'crash', arguments: how } });
    child.stdin.write(`${HELLO.initialize}${HELLO.initialized}${call}`);

    expect(await once(child, 'close')).toEqual(exit);
    expect(server.journal.executions('tools/call', 'crash')).toBe(1);
  });

  it('only in the lives it is told to', async () => {
    const server = scriptedStdio({ faults: [{ on: 'initialize', do: 'exit', code: 1, lives: [1, 2] }] });

    await expect(connectRaw(server.config)).rejects.toThrow();
    await expect(connectRaw(server.config)).rejects.toThrow();
    await using raw = await connectRaw(server.config);

    expect(await raw.callText('echo', { text: 'third' })).toBe('third');
    expect(server.journal.entries({ kind: 'started' }).map((entry) => entry.life)).toEqual([1, 2, 3]);
  });

  it('after a change by the control channel that outlives it', async () => {
    const server = scriptedStdio();
    await using first = await connectRaw(server.config);

    await server.control({ set: { faults: [{ on: 'initialize', do: 'error', code: -32603 }] } });
    await first.client.close();

    await expect(connectRaw(server.config)).rejects.toMatchObject({ code: -32603 });
  });
});

describe('the process of a scripted stdio server', () => {
  it('ends when stdin ends, with code 0', async () => {
    const server = scriptedStdio();
    const child = startRaw(server);
    child.stdin.end();

    expect(await once(child, 'close')).toEqual([0, null]);
    expect(server.journal.entries({ kind: 'stdin-end' })).toHaveLength(1);
  });

  it('ignores the end of stdin and SIGTERM, and dies of SIGKILL', async () => {
    const server = scriptedStdio({ ignoreStdinEnd: true, ignoreSigterm: true });
    const child = startRaw(server);
    const closed = once(child, 'close');

    await server.journal.waitFor({ kind: 'listening' });
    child.stdin.end();
    await server.journal.waitFor({ kind: 'stdin-end' });
    child.kill('SIGTERM');
    await server.journal.waitFor({ kind: 'signal', signal: 'SIGTERM' });
    const stillAlive = alive(child.pid);
    child.kill('SIGKILL');

    expect(stillAlive).toBe(true);
    expect(await closed).toEqual([null, 'SIGKILL']);
  });

  it('leaves a grandchild that holds the pipes: exit comes, close does not', async () => {
    const server = scriptedStdio({ grandchild: { holdsPipes: true } });
    const child = startRaw(server);
    let closedEarly = true;
    const closed = once(child, 'close').then(() => closedEarly);
    const { grandchildPid = 0 } = await server.journal.waitFor({ kind: 'grandchild' });

    child.kill('SIGKILL');
    await once(child, 'exit');
    const livesOn = alive(grandchildPid);
    closedEarly = false;
    process.kill(grandchildPid, 'SIGKILL');
    await waitGone(grandchildPid);

    expect(livesOn).toBe(true);
    expect(await closed).toBe(false);
  });

  it('has a grandchild in another process group if told to', async () => {
    const server = scriptedStdio({ grandchild: { ownGroup: true } });
    const child = startRaw(server);
    const { grandchildPid = 0 } = await server.journal.waitFor({ kind: 'grandchild' });
    const row = processRow(grandchildPid);
    child.kill('SIGKILL');
    await once(child, 'close');
    process.kill(grandchildPid, 'SIGKILL');
    await waitGone(grandchildPid);

    expect(row?.groupId).toBe(grandchildPid);
  });

  it('floods stderr, and stands still while nobody reads it', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'stderr', megabytes: 2, times: 1 }] });
    const undrained = startRaw(server);
    const lines = createInterface({ input: undrained.stdout });
    undrained.stdin.write(`${HELLO.initialize}${HELLO.initialized}`);
    await once(lines, 'line');

    undrained.stdin.write(line({ id: 2, method: 'tools/call', params: { name: 'echo' } }));
    await server.journal.waitFor({ kind: 'message', method: 'tools/call' });
    const executedWhileFull = server.journal.executions('tools/call');
    let bytes = 0;
    undrained.stderr.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
    });
    await once(lines, 'line');
    undrained.stdin.end();
    await once(undrained, 'close');

    expect(executedWhileFull).toBe(0);
    expect(bytes).toBe(2 * 1024 * 1024);
  });

  it('closes its stdin and lives', async () => {
    const server = scriptedStdio({ faults: [{ on: 'initialize', do: 'close-stdin', times: 1 }] });
    const child = startRaw(server);
    child.stdin.write(HELLO.initialize);
    const lines = createInterface({ input: child.stdout });
    await once(lines, 'line');

    const broken = once(child.stdin, 'error') as Promise<[NodeJS.ErrnoException]>;
    child.stdin.write(HELLO.initialize);
    const [error] = await broken;
    const livesOn = alive(child.pid);
    child.kill('SIGKILL');
    await once(child, 'close');

    expect(error.code).toBe('EPIPE');
    expect(livesOn).toBe(true);
  });

  it('says what is wrong with a behaviour it does not know', async () => {
    const child = startRaw(scriptedStdio({ faults: [{ on: 'start', do: 'dance' } as never] }));

    const [[exitCode], stderr] = await Promise.all([once(child, 'close'), text(child.stderr)]);

    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("unknown fault 'dance'");
  });

  it('is seen in stderr by the SDK client', async () => {
    const server = scriptedStdio({ faults: [{ on: 'tools/call', do: 'stderr', megabytes: 1, times: 1 }] });
    await using raw = createRaw(server.config);
    await raw.client.connect(raw.transport);

    await raw.callText('echo', { text: 'drained' });

    expect(raw.stderr().length).toBeGreaterThan(0);
    expect(existsSync(server.journal.file)).toBe(true);
  });
});
