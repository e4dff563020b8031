import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { faultTransport } from '../../../src/testing/fault-transport/fault-transport.ts';
import { alive, processRow, waitGone } from '../../../src/testing/processes.ts';
import { scriptedStdio } from '../../../src/testing/scripted.ts';
import { ONE, Stand } from '../../contract/stand.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { startRaw } from '../../ground/raw-process.ts';
import { rehearseStdio } from '../../ground/rehearsal.ts';

watchForLeaks();

const run = (program: string) => ({
  name: ONE,
  transport: 'stdio' as const,
  command: process.execPath,
  args: ['-e', program],
});

describe('a fault transport in front of a process', () => {
  it('starts the real command in the group of the relay, and reaches it by its number', async () => {
    await using scene = await rehearseStdio();
    const relayPid = scene.stand.mcp.getServerInfo(ONE)?.pid as number;

    expect(scene.faults.pids).toEqual([scene.server.pid]);
    expect(relayPid).not.toBe(scene.server.pid);
    expect(processRow(scene.server.pid)).toMatchObject({ parentPid: relayPid, groupId: relayPid });
  });

  it('passes the environment and the working directory', async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fault-transport-')));
    const server = scriptedStdio();
    await using faults = await faultTransport({ name: ONE, ...server.config, env: { TOKEN: 'x y' }, cwd: folder });
    await using stand = new Stand();
    await stand.add({ config: faults.config });

    const environment = JSON.parse(await stand.text('env')) as Record<string, string>;
    expect(environment['TOKEN']).toBe('x y');
    expect(environment['PATH']).toBe(process.env['PATH']);
    expect(
      Object.keys(environment).filter((name) => !['HOME', 'LOGNAME', 'PATH', 'SHELL', 'TERM', 'USER'].includes(name)),
    ).toEqual(['TOKEN']);
    expect(faults.config.cwd).toBe(folder);
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['process.stderr.write("no\\n"); process.exit(3)', { exitCode: 3, signal: null, stderr: ['no'] }],
    ['process.kill(process.pid, "SIGTERM")', { exitCode: null, signal: 'SIGTERM' }],
    ['process.kill(process.pid, "SIGABRT")', { exitCode: null, signal: 'SIGABRT' }],
  ])('ends as the real process ends, with its stderr: %s', async (program, exit) => {
    await using faults = await faultTransport(run(program));
    await using stand = new Stand();
    await stand.begin({ config: faults.config });

    const change = await stand.reached('reconnecting');
    expect(change.cause).toMatchObject({ kind: 'process-exited', ...exit });
  });

  it('shows a command that is not there as exit code 127', async () => {
    await using faults = await faultTransport({
      name: ONE,
      transport: 'stdio',
      command: 'mcp-supervisor-no-such-command',
    });
    await using stand = new Stand();
    await stand.begin({ config: faults.config });

    const change = await stand.reached('reconnecting');
    expect(change.cause).toMatchObject({ kind: 'process-exited', exitCode: 127 });
  });

  it('delivers every byte of a process that ends right after them', async () => {
    await using faults = await faultTransport(run('process.stdout.write("x".repeat(3e6), () => process.exit(5))'));
    const { command, args = [] } = faults.config;
    const relay = startRaw({ command, args: [...args] });

    const [written, [exitCode]] = await Promise.all([text(relay.stdout), once(relay, 'exit')]);

    expect([written.length, exitCode]).toEqual([3e6, 5]);
  });

  it('tells of a death although its bytes are stalled', async () => {
    await using scene = await rehearseStdio();

    await scene.faults.stall();
    await expect(scene.faults.kill()).resolves.toBe(1);
    const change = await scene.stand.reached('reconnecting');
    await scene.faults.resume();

    expect(change.cause).toMatchObject({ kind: 'process-exited', signal: 'SIGKILL' });
    await scene.stand.reached('ready', 2);
  });

  it('freezes and kills behind a launcher too', async () => {
    const { command, args } = scriptedStdio().config;
    const quoted = [command, ...args].map((word) => `'${word}'`).join(' ');
    await using faults = await faultTransport({
      name: ONE,
      transport: 'stdio',
      command: 'sh',
      args: ['-c', `${quoted}; exit 9`],
    });
    await using stand = new Stand();
    await stand.add({ config: faults.config });
    const server = Number(await stand.text('pid'));

    await faults.freeze();
    expect(processRow(server)?.state).toBe('T');
    await expect(faults.kill()).resolves.toBe(1);

    await waitGone(server);
    expect((await stand.reached('reconnecting')).cause).toMatchObject({ kind: 'process-exited', signal: 'SIGKILL' });
    await stand.reached('ready', 2);
  });

  it('lets the process handle a signal that it is sent', async () => {
    await using scene = await rehearseStdio({}, { ignoreSigterm: true });

    await expect(scene.faults.kill('SIGTERM')).resolves.toBe(1);
    await scene.server.journal.waitFor({ kind: 'signal', signal: 'SIGTERM' });

    await expect(scene.stand.text('echo', { text: 'alive' })).resolves.toBe('alive');
  });

  it('freezes the process and lets it go on', async () => {
    await using scene = await rehearseStdio();
    const [pid] = scene.faults.pids as [number];

    await expect(scene.faults.freeze()).resolves.toBe(1);
    expect(processRow(pid)?.state).toBe('T');
    const answer = scene.stand.text('echo', { text: 'cold' });
    await expect(scene.faults.thaw()).resolves.toBe(1);

    await expect(answer).resolves.toBe('cold');
    expect(scene.stand.states()).toHaveLength(3);
  });

  it('leaves nothing of a server that ignores the end of stdin and SIGTERM, with a grandchild', async () => {
    const scene = await rehearseStdio(
      {},
      { ignoreStdinEnd: true, ignoreSigterm: true, grandchild: { holdsPipes: true } },
    );
    const { grandchildPid } = await scene.server.journal.waitFor({ kind: 'grandchild' });
    const { pid } = scene.server;

    await scene.faults.close();

    expect([alive(pid), alive(grandchildPid as number)]).toEqual([false, false]);
    await scene[Symbol.asyncDispose]();
  });

  it('ends what outlived its relay', async () => {
    const { command, args, journal } = scriptedStdio({ ignoreStdinEnd: true });
    const faults = await faultTransport({ name: ONE, transport: 'stdio', command, args });
    const relay = spawn(faults.config.command, faults.config.args ?? [], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const { pid } = await journal.waitFor({ kind: 'listening' });
    relay.kill('SIGKILL');
    await once(relay, 'exit');
    expect(alive(pid)).toBe(true);

    await faults.close();

    expect(alive(pid)).toBe(false);
  });

  it('lets the supervisor end such a server as if nothing stood between', async () => {
    await using scene = await rehearseStdio(
      { stdinGraceMs: 100, termGraceMs: 100 },
      { ignoreStdinEnd: true, ignoreSigterm: true, grandchild: { holdsPipes: true } },
    );
    const { grandchildPid } = await scene.server.journal.waitFor({ kind: 'grandchild' });
    const { pid } = scene.server;

    await scene.stand.mcp.removeServer(ONE);

    expect([alive(pid), alive(grandchildPid as number)]).toEqual([false, false]);
    expect(scene.server.journal.entries({ kind: 'stdin-end' })).toHaveLength(1);
  });
});
