import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { findLeaks, takeStock } from '../../../src/testing/leaks/stock.ts';
import { openBlackHole } from '../../../src/testing/ports.ts';
import { descendants, groupMembers, waitGone } from '../../../src/testing/processes.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

const NOTHING_MORE_MS = 100;
const IDLE = 'setInterval(() => {}, 1e6)';

describe('the leak check', () => {
  it('finds nothing when nothing was left', async () => {
    const before = takeStock();

    const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
    await once(child, 'exit');
    const hole = await openBlackHole();
    const socket = connect(hole.port, '127.0.0.1');
    await hole.nextConnection();
    socket.destroy();
    await hole.close();

    expect(await findLeaks(before)).toEqual([]);
  });

  it('waits for what is closing', async () => {
    const before = takeStock();

    const child = spawn(process.execPath, ['-e', IDLE], { stdio: 'ignore' });
    await once(child, 'spawn');
    child.kill('SIGKILL');

    expect(await findLeaks(before)).toEqual([]);
  });

  it('finds a child process that is left', async () => {
    const before = takeStock();
    const child = spawn(process.execPath, ['-e', IDLE], { stdio: 'ignore' });
    await once(child, 'spawn');

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    child.kill('SIGKILL');
    await once(child, 'exit');

    expect(leaks).toContainEqual(expect.stringContaining(`process ${child.pid}`));
  });

  it('finds an orphan in the process group of a child that has ended', async () => {
    const before = takeStock();
    const program = `
      const child = require('node:child_process').spawn(process.execPath, ['-e', '${IDLE}'], { stdio: 'ignore' });
      child.on('spawn', () => process.exit(0));`;
    const child = spawn(process.execPath, ['-e', program], { stdio: 'ignore', detached: true });
    await once(child, 'exit');

    const [orphan] = groupMembers(child.pid as number);
    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    process.kill(orphan?.pid as number, 'SIGKILL');
    await waitGone(orphan?.pid as number);

    expect(descendants(process.pid).map((row) => row.pid)).not.toContain(orphan?.pid);
    expect(leaks).toContainEqual(expect.stringContaining(`process ${orphan?.pid}`));
  });

  it('finds a timer that is pending, and says where it was set', async () => {
    const before = takeStock();
    const timer = setTimeout(() => undefined, 1e6);

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    clearTimeout(timer);

    expect(leaks).toContainEqual(expect.stringMatching(/timer of 1000000 ms set at .*leaks\.test\.ts/));
  });

  it('finds a timer and an interval that do not keep the process alive', async () => {
    const before = takeStock();
    const timer = setTimeout(() => undefined, 1e6).unref();
    const interval = setInterval(() => undefined, 2e6).unref();

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    clearTimeout(timer);
    clearInterval(interval);

    expect(leaks).toContainEqual(expect.stringContaining('timer of 1000000 ms'));
    expect(leaks).toContainEqual(expect.stringContaining('timer of 2000000 ms'));
  });

  it('finds an open socket, also one that does not keep the process alive', async () => {
    await using hole = await openBlackHole();
    const before = takeStock();
    const socket = connect(hole.port, '127.0.0.1').unref();
    await once(socket, 'connect');

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    socket.destroy();
    await hole.drained();

    expect(leaks).toContainEqual(expect.stringMatching(new RegExp(`socket:.* to ${hole.port}\\)`)));
  });

  it('finds a server that still listens', async () => {
    const before = takeStock();
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    server.close();
    await once(server, 'close');

    expect(leaks).toContainEqual(expect.stringMatching(/socket:.* to 0\)/));
  });

  it('finds a handle that is neither a process, a socket nor a timer', async () => {
    const before = takeStock();
    const watcher = watch('.');

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    watcher.close();

    expect(leaks).toContain('handle FSEventWrap');
  });

  it('finds a listener on the process, by its event', async () => {
    const before = takeStock();
    const listener = (): void => undefined;
    process.on('SIGUSR2', listener);
    process.on('exit', listener);

    const leaks = await findLeaks(before, NOTHING_MORE_MS);
    process.off('SIGUSR2', listener);
    process.off('exit', listener);

    expect(leaks).toContain("listener on process 'SIGUSR2'");
    expect(leaks).toContain("listener on process 'exit'");
  });
});
