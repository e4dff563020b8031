import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import {
  alive,
  commandLine,
  descendants,
  freeze,
  groupMembers,
  processRow,
  thaw,
  waitGone,
} from '../../../src/testing/processes.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

async function start(program: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

const READY = "process.stdout.write('ready');";

describe('processes', () => {
  it('sees a process while it lives and not after', async () => {
    const child = await start(`${READY} setInterval(() => {}, 1e6)`);

    const before = alive(child.pid);
    child.kill('SIGKILL');
    await waitGone(child.pid);

    expect(before).toBe(true);
    expect(alive(child.pid)).toBe(false);
  });

  it('counts a zombie as gone', async () => {
    // The shell starts a child and then becomes a program that never collects it.
    const shell = spawn('sh', ['-c', 'true & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [chunk] = (await once(shell.stdout, 'data')) as [Buffer];
    const zombie = Number(chunk.toString());

    await waitGone(zombie);
    shell.kill('SIGKILL');
    await once(shell, 'close');

    expect(alive(zombie)).toBe(false);
  });

  it('rejects when a process is not gone in time', async () => {
    const child = await start(`${READY} setInterval(() => {}, 1e6)`);

    await expect(waitGone(child.pid, 50)).rejects.toThrow('still alive after 50 ms');
    child.kill('SIGKILL');
    await waitGone(child.pid);
  });

  it('lists descendants and the members of a group', async () => {
    const program = `
      const { spawn } = require('node:child_process');
      spawn(process.execPath, ['-e', "console.log('ready'); setInterval(() => {}, 1e6)"], { stdio: 'inherit' });
      setInterval(() => {}, 1e6);`;
    const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    const pid = child.pid as number;
    await once(child.stdout, 'data');

    const closed = once(child, 'close');
    const [grandchild] = descendants(pid);
    const command = commandLine(grandchild?.pid as number);
    const group = groupMembers(pid).map((row) => row.pid);
    process.kill(-pid, 'SIGKILL');
    await waitGone(grandchild?.pid as number);
    await closed;

    expect(descendants(process.pid).map((row) => row.pid)).not.toContain(pid);
    expect(grandchild).toMatchObject({ parentPid: pid, groupId: pid });
    expect(command).toContain("console.log('ready')");
    expect(new Set(group)).toEqual(new Set([pid, grandchild?.pid]));
  });

  it('freezes a process, and lets it go on', async () => {
    const child = await start(`${READY} process.stdin.resume(); setInterval(() => process.stdout.write('.'), 5)`);

    await freeze(child.pid);
    const frozen = processRow(child.pid)?.state;
    thaw(child.pid);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    const running = processRow(child.pid)?.state;
    child.kill('SIGKILL');
    await once(child, 'close');

    expect(frozen).toBe('T');
    expect(running).not.toBe('T');
  });
});
