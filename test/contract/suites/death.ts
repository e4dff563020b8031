/** Death is noticed, and cured: of the process, of the stream, and of a server that only looks alive. */

import { expect } from 'vitest';
import { freeze, thaw } from '../../../src/testing/processes.ts';
import { expectCleanEpochs } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

const FIRST_LIFE = ['connecting', 'initializing', 'ready'] as const;

export const deathSuite: Suite = ({ transport, verifies }) => {
  /** A first life, its end by one of these faults, and a second one. */
  const expectTwoLives = (stand: Stand, ...faults: readonly string[]) => {
    const end = stand.changes().find(({ to }) => to === 'reconnecting')?.cause?.kind;
    expect(faults, stand.states().join(', ')).toContain(end);
    expect(stand.lives()).toEqual([...FIRST_LIFE, `reconnecting: ${end}`, ...FIRST_LIFE]);
  };
  const ends = {
    stdio: ['process-exited'],
    sse: ['stream-ended'],
    // Noticed by the general stream: it breaks, or is opened again when the server is down, or a new one.
    streamable_http: ['stream-ended', 'unreachable', 'session-lost'],
    in_process: ['stream-ended'],
  }[transport.kind];

  verifies('death:killed:idle', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    await server.kill();
    await stand.reached('reconnecting');
    await server.revive();
    await stand.reached('ready', 2);

    expectTwoLives(stand, ...ends);
    expect(await stand.text('echo', { text: 'back' })).toBe('back');
    expectCleanEpochs(server);
  });

  verifies('death:killed:called', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const call = rejection(stand.text('wait'));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    const killedMs = performance.now();
    await server.kill();
    const { error } = await call;

    expect(performance.now() - killedMs).toBeLessThan(1_500);
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1 });
    await server.revive();
    expect(await stand.text('echo', { text: 'back' })).toBe('back');
    expectTwoLives(stand, ...ends);
    expect(server.journal.executions('tools/call', 'wait')).toBe(1);
    expectCleanEpochs(server);
  });

  verifies('death:exited:itself', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.text('crash', { code: 3 }));
    const { cause } = await stand.reached('reconnecting');
    await server.kill().catch(() => undefined);
    await server.revive();
    await stand.reached('ready', 2);

    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    if (transport.kind === 'stdio') expect(cause).toMatchObject({ kind: 'process-exited', exitCode: 3, signal: null });
    expectTwoLives(stand, ...ends);
    expect(server.journal.executions('tools/call', 'crash')).toBe(1);
    expectCleanEpochs(server);
  });

  verifies('death:frozen:noticed', async () => {
    await using server = await transport.start();
    await using stand = new Stand({ defaults: { heartbeat: { intervalMs: 150, timeoutMs: 200, misses: 2 } } });
    await stand.add(server, { stdinGraceMs: 100, termGraceMs: 100, terminateTimeoutMs: 100, connectTimeoutMs: 1_500 });
    const { pid } = server;

    await freeze(pid);
    await stand.reached('reconnecting');
    if (!transport.isOwned) thaw(pid);
    await stand.reached('ready', 2);

    const missed = stand.events.filter((event) => event.type === 'heartbeat.missed').map((event) => event.missed);
    expect(missed.slice(0, 2)).toEqual([1, 2]);
    expect(stand.changes().find(({ to }) => to === 'reconnecting')?.cause).toEqual({ kind: 'unresponsive', missed: 2 });
    expect(await stand.text('echo', { text: 'back' })).toBe('back');
    expect(server.pid === pid).toBe(!transport.isOwned);
  });

  verifies('death:channel:cut', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    await beEager(server);
    await server.control({ do: 'cut' });
    await stand.reached('ready', 2);

    expectTwoLives(stand, 'stream-ended', 'pipe-closed');
    expect(await stand.text('echo', { text: 'back' })).toBe('back');
    expectStreams(server, 2);
    expectCleanEpochs(server);
  });

  verifies('death:channel:reset', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    await beEager(server);
    if (transport.isOwned) await server.kill();
    else await server.control({ do: 'reset' });
    await stand.reached('ready', 2);

    expectTwoLives(stand, 'stream-ended', 'process-exited');
    expect(await stand.text('echo', { text: 'back' })).toBe('back');
    expectStreams(server, 2);
    expectCleanEpochs(server);
  });

  verifies('death:push:cut', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    const { sessionId } = await stand.add(server);
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    await server.control({ do: 'cut' });
    await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 2);
    await server.control({ do: 'grow-tools' });
    await stand.told((event) => event.type === 'catalog.changed' && event.added.includes('grown-1'));

    expect(stand.states()).toEqual(FIRST_LIFE.map((state) => `1 ${state}`));
    expect(stand.mcp.getServerInfo(ONE)?.sessionId).toBe(sessionId);
    const sessions = server.journal.entries({ kind: 'request', verb: 'GET' }).map((entry) => entry.sessionId);
    expect(new Set(sessions).size).toBe(1);
    expectCleanEpochs(server);
  });
};

/** A stream that is opened again by anybody but an epoch is opened again at once. */
async function beEager({ config, control }: ServerUnderTest): Promise<void> {
  if (config.transport === 'sse') await control({ do: 'raw', text: 'retry: 1\n\n' });
}

function expectStreams({ config, journal }: ServerUnderTest, count: number): void {
  if (config.transport === 'sse') expect(journal.entries({ kind: 'request', verb: 'GET' })).toHaveLength(count);
}
