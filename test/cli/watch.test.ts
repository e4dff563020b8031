import { describe, expect, it } from 'vitest';
import type { RuntimeEvent } from '../../src/index.ts';
import { alive, descendants } from '../../src/testing/processes.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio, filesystemStdio } from '../ground/real-servers.ts';
import { buildProgram, configFile, type Run } from './built-program.ts';

watchForLeaks();
const program = buildProgram();

const pair = () =>
  configFile({ everything: everythingStdio(), files: { ...filesystemStdio('.'), dependsOn: ['everything'] } });
const becameReady = (server: string) => (line: string) => line.includes(` ${server} initializing -> ready`);

/** The process of a server, found by what it was started with last. */
function serverPid(run: Run): number {
  const [server] = descendants(run.pid);
  if (server === undefined) throw new Error('it has no server');
  return server.pid;
}

describe('watch into a pipe', () => {
  it('prints one plain line per event, closes in reverse order on SIGINT, exits 0 and leaves no process', async () => {
    const run = program.start(['watch', pair()]);
    await run.line(becameReady('files'));
    const servers = descendants(run.pid).map(({ pid }) => pid);

    run.signal('SIGINT');
    const { code, stdout, stderr } = await run.ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(servers).toHaveLength(2);
    expect(servers.filter(alive)).toEqual([]);
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z (everything|files) [ -~]+$/);
    expect(lines.slice(-4).map((line) => line.split(' ').slice(1).join(' '))).toEqual([
      'files ready -> closed',
      'files removed: nothing of it is left',
      'everything ready -> closed',
      'everything removed: nothing of it is left',
    ]);
  });

  it('explains below the event, with --explain, why a server serves no more', async () => {
    const missing = { command: 'no-such-command' };
    const run = program.start(['watch', '--explain', configFile({ everything: everythingStdio(), missing })]);
    await run.line(becameReady('everything'));

    process.kill(serverPid(run), 'SIGKILL');

    await run.line((line) => line.includes('ready -> reconnecting'));
    await run.line((line) => /^ {4}everything is reconnecting \(epoch 1, attempt \d+\)$/.test(line));
    await run.line((line) => /^ {6}[\d.]+ s ago, epoch 1: the process was ended by SIGKILL/.test(line));
    await run.line((line) => line === '    last exit: was ended by SIGKILL');
    run.signal('SIGTERM');
    const { code, stdout } = await run.ended;
    expect(code).toBe(0);
    expect(stdout).toMatch(/missing connecting -> closed: .*\n {4}missing is closed/);
    expect(stdout).not.toMatch(/ready -> closed\n {4}/);
  });

  it('writes an explanation as an object of its own with --json', async () => {
    const file = configFile({ missing: { command: 'no-such-command' } });
    const run = program.start(['watch', '--explain', '--json', file]);

    const line = await run.line((text) => text.includes('"explanation"'));

    expect(JSON.parse(line)).toMatchObject({ type: 'explanation', server: 'missing', state: 'closed' });
    run.signal('SIGTERM');
    await run.ended;
  });

  it('shows a server that was killed come back', async () => {
    const run = program.start(['watch', configFile({ everything: everythingStdio() })]);
    await run.line(becameReady('everything'));

    process.kill(serverPid(run), 'SIGKILL');

    expect(await run.line((line) => line.includes('reconnecting'))).toMatch(
      /ready -> reconnecting: .*SIGKILL.*next try in/,
    );
    expect(await run.line((line) => line.includes('connecting'))).toMatch(
      /reconnecting -> connecting: epoch 2, attempt 2$/,
    );
    await run.line(becameReady('everything'));
    run.signal('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it('closes everything and exits when its reader goes away', async () => {
    const run = program.start(['watch', configFile({ everything: everythingStdio() })]);
    await run.line(becameReady('everything'));
    const pid = serverPid(run);

    run.stopReading();
    process.kill(pid, 'SIGKILL');

    expect(await run.ended).toMatchObject({ code: 0, stderr: '' });
    expect(descendants(run.pid)).toEqual([]);
  });

  it('ends by force on the second signal, and with 130', async () => {
    // It reads nothing and ignores every polite request.
    const deaf = `process.on('SIGTERM', () => {}); setInterval(() => {}, 1e6); process.stdin.pause()`;
    const file = configFile({
      deaf: { command: process.execPath, args: ['-e', deaf], stdinGraceMs: 600_000, releaseTimeoutMs: 900_000 },
    });
    const run = program.start(['watch', file]);
    await run.line((line) => line.includes('-> initializing'));
    const pid = serverPid(run);

    run.signal('SIGINT');
    await run.line((line) => line.includes('-> closed'));
    run.signal('SIGINT');

    expect((await run.ended).code).toBe(130);
    expect(alive(pid)).toBe(false);
  });
});

describe('watch --json', () => {
  it('prints every event as one line of JSON and nothing else', async () => {
    const { code, stdout, stderr } = await program.run(['watch', pair(), '--json', '--until', 'ready']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = stdout
      .trimEnd()
      .split('\n')
      .map((line): RuntimeEvent => JSON.parse(line));
    const told = events.map((event) => `${event.server} ${event.type === 'state.changed' ? event.to : event.type}`);
    expect(told.filter((line) => line.startsWith('everything'))).toEqual(
      ['server.added', 'connecting', 'initializing', 'ready', 'closed', 'server.removed'].map(
        (what) => `everything ${what}`,
      ),
    );
    expect(told.indexOf('files connecting')).toBeGreaterThan(told.indexOf('everything ready'));
    expect(events.every(({ atMs }) => typeof atMs === 'number')).toBe(true);
  });
});

describe('watch --until ready', () => {
  it('exits 1 and says why when a server is closed', async () => {
    const file = configFile({ everything: everythingStdio(), missing: { command: 'no-such-command' } });

    const { code, stderr } = await program.run(['watch', file, '--until', 'ready']);

    expect(code).toBe(1);
    expect(stderr).toBe(
      `error: 'missing' is closed: command not found: no-such-command\nhint: install it, or give its full path as "command"\n`,
    );
  });

  it('exits 1 and names what is not ready when the time is over', async () => {
    const file = configFile({ silent: { command: process.execPath, args: ['-e', 'process.stdin.resume()'] } });

    const { code, stderr } = await program.run(['watch', file, '--until', 'ready', '--timeout', '500ms']);

    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: not all servers were ready within 0\.5 s: 'silent' is (?:connecting|initializing)\n$/,
    );
  });

  it('without it, exits 0 when the time is over', async () => {
    const { code } = await program.run([
      'watch',
      configFile({ missing: { command: 'no-such-command' } }),
      '--timeout',
      '0.5',
    ]);

    expect(code).toBe(0);
  });
});
