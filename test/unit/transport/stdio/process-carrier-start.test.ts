import { chmodSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { StdioServerConfig } from '../../../../src/config/server-config.ts';
import { type Fault, FaultError } from '../../../../src/fault.ts';
import { alive, processRow } from '../../../../src/testing/processes.ts';
import { type StartPlace, startWindow } from '../../../../src/transport/stdio/start-window.ts';
import { CANARY, openPuppet, puppetCarrier } from './puppet.ts';

const directory = realpathSync(mkdtempSync(join(tmpdir(), 'stdio-start-')));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const plainFile = join(directory, 'plain.txt');
writeFileSync(plainFile, 'no program');
chmodSync(plainFile, 0o644);

const NEVER = new AbortController().signal;

/** Take what places there are for servers that start. */
function takeAllPlaces(): StartPlace[] {
  const taken: StartPlace[] = [];
  for (;;) {
    const entering = startWindow.enter();
    if (!(entering instanceof Promise)) {
      taken.push(entering);
      continue;
    }
    void entering.then((place) => place.leave());
    return taken;
  }
}

/** A carrier that waits until others have started: `admit` gives it its turn, `told` is what it said of it. */
function queuedCarrier() {
  const taken = takeAllPlaces();
  const told: string[] = [];
  const carrier = puppetCarrier();
  const started = carrier.start(NEVER, { awaited: () => told.push('awaited'), had: () => told.push('had') });
  const admit = () => {
    for (const place of taken) place.leave();
  };
  return { carrier, started, told, admit };
}

async function startError(config: Partial<StdioServerConfig>): Promise<unknown> {
  const carrier = puppetCarrier({ config });
  const error = await carrier.start(NEVER).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await carrier.release();
  return error;
}

describe('start of a process carrier', () => {
  it('runs the command as the leader of its own process group', async () => {
    const puppet = await openPuppet();
    expect(processRow(puppet.pid)?.groupId).toBe(puppet.pid);
    await expect(puppet.ask('pid')).resolves.toEqual({ pid: puppet.pid });
    await puppet.carrier.release();
  });

  it('gives the server the safe environment, its own variables and its directory', async () => {
    process.env.HOST_ONLY_SECRET = CANARY;
    const puppet = await openPuppet({ config: { env: { GIVEN: 'yes' }, cwd: directory } });
    delete process.env.HOST_ONLY_SECRET;
    const { environment, directory: seen } = await puppet.ask('environment');
    expect(environment).toMatchObject({ GIVEN: 'yes', PATH: process.env.PATH });
    expect(environment).not.toHaveProperty('HOST_ONLY_SECRET');
    expect(seen).toBe(directory);
    await puppet.carrier.release();
  });

  it.each<[string, Partial<StdioServerConfig>, Fault]>([
    [
      'a command that does not exist',
      { command: 'no-such-command' },
      { kind: 'command-not-found', command: 'no-such-command' },
    ],
    ['a file that is not executable', { command: plainFile }, { kind: 'command-not-executable', command: plainFile }],
    ['a directory as command', { command: directory }, { kind: 'command-not-executable', command: directory }],
    ['a missing working directory', { cwd: join(directory, 'missing') }, { kind: 'working-directory-missing' }],
    ['a file as working directory', { cwd: plainFile }, { kind: 'working-directory-missing' }],
    [
      'a missing command in a missing working directory',
      { command: 'no-such-command', cwd: join(directory, 'missing') },
      { kind: 'working-directory-missing' },
    ],
    [
      'arguments longer than the system takes',
      { args: ['x'.repeat(4_000_000)] },
      { kind: 'spawn-failed', errno: 'E2BIG' },
    ],
  ])('rejects for %s with a fault that tells it, nothing sent', async (_what, config, fault) => {
    const error = await startError(config);
    expect(error).toBeInstanceOf(FaultError);
    expect(error).toMatchObject({ fault, outcome: 'not-sent' });
  });

  it('shows neither arguments nor secrets of the configuration in its error', async () => {
    const error = await startError({ command: `no-such-${CANARY}`, args: [`--token=${CANARY}`] });
    const shown = [String(error), JSON.stringify(error), (error as Error).stack, String((error as Error).cause)];
    expect(shown.join('\n')).not.toContain(CANARY);
    expect((error as Error).cause).toBeUndefined();
    expect(error).toMatchObject({ fault: { command: 'no-such-***' } });
  });

  it('rejects when the signal is aborted before, and starts nothing', async () => {
    const carrier = puppetCarrier();
    await expect(carrier.start(AbortSignal.abort())).rejects.toMatchObject({
      fault: { kind: 'closed' },
      outcome: 'not-sent',
    });
    expect(carrier.details.pid).toBeUndefined();
    await carrier.release();
  });

  it('rejects when the signal is aborted while the working directory is looked at, and starts nothing', async () => {
    const abort = new AbortController();
    const carrier = puppetCarrier({ config: { cwd: directory } });
    const started = carrier.start(abort.signal);
    abort.abort();
    await expect(started).rejects.toMatchObject({ fault: { kind: 'closed' }, outcome: 'not-sent' });
    await carrier.release();
    expect(carrier.details.pid).toBeUndefined();
  });

  it('rejects when the signal is aborted while the process comes to life, which release ends', async () => {
    const abort = new AbortController();
    const carrier = puppetCarrier();
    const started = carrier.start(abort.signal);
    const pid = carrier.details.pid ?? Number.NaN;
    abort.abort();
    await expect(started).rejects.toMatchObject({ fault: { kind: 'closed' } });
    expect(alive(pid)).toBe(true);
    await carrier.release();
    expect(alive(pid)).toBe(false);
  });

  it('says nothing of turns where there is room', async () => {
    const carrier = puppetCarrier();
    const told: string[] = [];
    await carrier.start(NEVER, { awaited: () => told.push('awaited'), had: () => told.push('had') });
    expect(told).toEqual([]);
    await carrier.release();
  });

  it('tells when it has to wait for others, and starts when it has its turn', async () => {
    const { carrier, started, told, admit } = queuedCarrier();
    expect(told).toEqual(['awaited']);
    expect(carrier.details.pid).toBeUndefined();

    admit();
    await started;

    expect(told).toEqual(['awaited', 'had']);
    expect(alive(carrier.details.pid ?? Number.NaN)).toBe(true);
    await carrier.release();
  });

  it('starts nothing, and says no more, when it was ended while it waited', async () => {
    const { carrier, started, told, admit } = queuedCarrier();
    carrier.destroy();
    await expect(started).rejects.toMatchObject({ fault: { kind: 'closed' } });

    admit();
    await carrier.release();

    expect(told).toEqual(['awaited']);
    expect(carrier.details.pid).toBeUndefined();
  });

  it('is given once, and so is the transport', async () => {
    const { carrier } = await openPuppet();
    await expect(carrier.start(NEVER)).rejects.toThrow('once');
    expect(() => carrier.createTransport()).toThrow('one transport');
    await carrier.release();
  });
});
