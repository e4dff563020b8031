import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alive, descendants } from '../../src/testing/processes.ts';
import { VERSION } from '../../src/version.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio, filesystemStdio } from '../ground/real-servers.ts';
import { buildProgram, configFile } from './built-program.ts';

watchForLeaks();
const program = buildProgram();

const MISSING = { command: 'no-such-command' };
const everything = () => configFile({ everything: everythingStdio() });
const call = (...args: string[]) => program.run(['call', ...args, '-c', everything()]);

describe('the program', () => {
  it('answers on stdout with 0, and refuses on stderr with 2', async () => {
    expect(await program.run(['--version'])).toEqual({ code: 0, stdout: `${VERSION}\n`, stderr: '' });
    expect(await program.run(['watsh'])).toMatchObject({ code: 2, stdout: '' });
  });

  it('finds ./mcp.json, then ./.mcp.json, and says so when there is neither', async () => {
    const cwd = mkdtempSync(join(tmpdir(), 'mcp-supervisor-cwd-'));
    try {
      const neither = await program.run(['tools'], { cwd });
      expect(neither).toMatchObject({ code: 2, stderr: expect.stringContaining('neither ./mcp.json nor ./.mcp.json') });

      writeFileSync(join(cwd, '.mcp.json'), JSON.stringify({ mcpServers: { hidden: MISSING } }));
      expect((await program.run(['tools'], { cwd })).stderr).toContain(`'hidden' could not be connected`);

      writeFileSync(join(cwd, 'mcp.json'), JSON.stringify({ mcpServers: { plain: MISSING } }));
      expect((await program.run(['tools'], { cwd })).stderr).toContain(`'plain' could not be connected`);

      writeFileSync(join(cwd, 'mcp.json'), JSON.stringify({ mcpServers: {} }));
      expect(await program.run(['tools'], { cwd })).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('no server'),
      });
    } finally {
      rmSync(cwd, { recursive: true });
    }
  });
});

describe('tools', () => {
  it('prints tools by server with what they require; one that fails is an error, the others are shown', async () => {
    const file = configFile({ everything: everythingStdio(), files: filesystemStdio('.'), missing: MISSING });

    const { code, stdout, stderr } = await program.run(['tools', '-c', file]);

    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: 'missing' could not be connected: command not found: no-such-command\nhint: .*\n$/);
    expect(stdout).toMatch(/^everything \(\d+ tools\)\n {2}echo\(message\) +Echoes back the input string\n/);
    expect(stdout).toMatch(/\n\nfiles \(\d+ tools\)\n/);
    expect(stdout).toMatch(/\n {2}write_file\(path, content\) +\S/);
    expect(stdout).not.toContain('\u001b');
  });

  it('connects one server with what it depends on, and prints only that one', async () => {
    const file = configFile({
      missing: MISSING,
      everything: everythingStdio(),
      files: { ...filesystemStdio('.'), dependsOn: ['everything'] },
    });

    const { code, stdout, stderr } = await program.run(['tools', 'files', '-c', file]);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^files \(/);
    expect(stdout).not.toContain('echo(');
  });

  it('--json gives the definitions, and the reasons of those that failed', async () => {
    const file = configFile({ everything: everythingStdio(), missing: MISSING });

    const { code, stdout } = await program.run(['tools', '-c', file, '--json']);

    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      tools: {
        everything: expect.arrayContaining([expect.objectContaining({ name: 'echo', inputSchema: expect.anything() })]),
      },
      failed: { missing: { code: 'CONNECT_FAILED', fault: { kind: 'command-not-found', command: 'no-such-command' } } },
    });
  });
});

describe('call', () => {
  it('prints the text of the answer and exits 0', async () => {
    expect(await call('everything', 'echo', '{"message":"grüß dich"}')).toEqual({
      code: 0,
      stdout: 'Echo: grüß dich\n',
      stderr: '',
    });
  });

  it('reads arguments from stdin, and describes what is no text', async () => {
    const args = ['call', 'everything', 'get-sum', '-', '-c', everything()];
    expect((await program.run(args, { input: '{"a":2,"b":3}' })).stdout).toMatch(/5/);

    expect((await call('everything', 'get-tiny-image')).stdout).toMatch(/^\[image: image\/png, \d+\.\d kB\]$/m);
  });

  it('--json prints the whole result', async () => {
    const { stdout } = await call('everything', 'echo', '{"message":"hi"}', '--json');

    expect(JSON.parse(stdout)).toEqual({ content: [{ type: 'text', text: 'Echo: hi' }] });
  });

  it('exits 1 when the tool answers that it failed, and names the tools when it lists no such one', async () => {
    const { code, stdout, stderr } = await call('everything', 'nope');

    expect(code).toBe(1);
    expect(stdout).toContain('nope');
    expect(stderr).toMatch(
      /^error: nope answered that it failed\nhint: 'everything' lists no tool 'nope'; it lists: echo, /,
    );
  });

  it('exits 3 when the server cannot be connected, or not in time', async () => {
    const silent = { command: process.execPath, args: ['-e', 'process.stdin.resume()'] };
    const file = configFile({ missing: MISSING, silent });

    expect(await program.run(['call', 'missing', 'x', '-c', file])).toMatchObject({ code: 3, stdout: '' });
    expect(await program.run(['call', 'silent', 'x', '-c', file, '--timeout', '500'])).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('was not ready within 500 ms'),
    });
  });

  it('exits 4 when no answer comes in time, and says what is known about execution', async () => {
    const slow = ['trigger-long-running-operation', '{"duration":60,"steps":1}'];

    const { code, stdout, stderr } = await call('everything', ...slow, '--timeout', '3s');

    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).toContain(
      'code CALL_TIMEOUT, outcome unknown: it was sent and no valid answer came: it may or may not have run',
    );
  });

  it('exits 130 when it is interrupted while it connects, and leaves no process', async () => {
    const door = createServer().listen(0, '127.0.0.1');
    await once(door, 'listening');
    const { port } = door.address() as AddressInfo;
    const silent = { command: process.execPath, args: ['-e', `require('net').connect(${port}, '127.0.0.1')`] };
    const run = program.start(['call', 'silent', 'x', '-c', configFile({ silent })]);
    const [visitor] = (await once(door, 'connection')) as [Socket];
    const [server] = descendants(run.pid);

    run.signal('SIGINT');

    expect(await run.ended).toEqual({ code: 130, stdout: '', stderr: 'error: interrupted\n' });
    expect(alive(server?.pid ?? 0)).toBe(false);
    visitor.destroy();
    door.close();
    await once(door, 'close');
  });
});

describe('explain', () => {
  const LICENCE = { command: 'node', args: ['-e', 'console.error("no licence"); process.exit(3)'] };

  it('says what went wrong with a server, what happens next, and its last words', async () => {
    const file = configFile({ broken: LICENCE });

    const { code, stdout } = await program.run(['explain', 'broken', '-c', file, '--timeout', '3s']);

    expect(code).toBe(1);
    expect(stdout).toMatch(/^broken is (?:reconnecting|connecting|initializing)/);
    expect(stdout).toContain('epoch 1: the process exited with code 3: no licence');
    expect(stdout).toMatch(/stderr, last lines:\n {2}no licence\n$/);
  });

  it('exits 0 for a server that is ready, and gives data to programs', async () => {
    const { code, stdout } = await program.run(['explain', 'everything', '-c', everything(), '--json']);

    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ server: 'everything', state: 'ready', faults: [] });
  });
});
