/** What can go wrong before a server is ready: each is a typed fault, in time, and tried again where that may help. */

import { expect } from 'vitest';
import { expectCleanEpochs, expectNothingLeft } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const SECOND_LIFE = ['2 connecting', '2 initializing', '2 ready'] as const;

/** What a busy machine may add to a deadline. */
const SLACK_MS = 450;

/** Each life of a server in this process is loaded anew, which takes a busy machine more than a second. */
const LOAD_MS = 1_400;

export const handshakeSuite: Suite = ({ transport, verifies }) => {
  const loadMs = transport.kind === 'in_process' ? LOAD_MS : 0;

  verifies('death:handshake:crash', async () => {
    await using server = await transport.start({ faults: [{ on: 'initialize', do: 'exit', code: 7, lives: [1] }] });
    await using stand = new Stand();

    await stand.begin(server);
    const { cause } = await stand.reached('reconnecting');
    await server.kill().catch(() => undefined);
    await server.revive();
    await stand.reached('ready', 2);

    if (transport.kind === 'stdio') expect(cause).toMatchObject({ kind: 'process-exited', exitCode: 7 });
    expect(stand.lives().slice(-3)).toEqual(['connecting', 'initializing', 'ready']);
    expect(stand.states().slice(0, 3)).toEqual(['1 connecting', '1 initializing', `1 reconnecting: ${cause?.kind}`]);
    expect(await stand.text('echo', { text: 'alive' })).toBe('alive');
    expectCleanEpochs(server);
  });

  verifies('death:handshake:silent', async () => {
    await using server = await transport.start({ faults: [transport.once({ on: 'initialize', do: 'never' })] });
    await using stand = new Stand();

    // Long enough for a busy machine to start the server again.
    const connectTimeoutMs = 2_000 + loadMs;
    await stand.begin(server, { connectTimeoutMs });
    await stand.reached('ready', 2);

    expectInTime(stand, connectTimeoutMs);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 reconnecting: timed-out', ...SECOND_LIFE]);
    expectCleanEpochs(server);
  });

  verifies('death:handshake:whole', async () => {
    await using server = await transport.start({
      faults: [
        transport.once({ on: 'initialize', do: 'delay', ms: 600 }),
        transport.once({ on: 'tools/list', do: 'never' }),
      ],
    });
    await using stand = new Stand();
    await loadTransport();

    // Long enough for a busy machine to get to the list, and too short for a step that had it for itself.
    const connectTimeoutMs = 1_600 + loadMs;
    await stand.begin(server, { connectTimeoutMs });
    await stand.reached('ready', 2);

    expect(server.journal.entries({ kind: 'message', method: 'tools/list' })).toHaveLength(2);
    expectInTime(stand, connectTimeoutMs);
    expect(stand.states()[2]).toBe('1 reconnecting: timed-out');
    expectCleanEpochs(server);
  });

  verifies('death:handshake:error', async () => {
    const fault = transport.once({ on: 'initialize', do: 'error', code: -32_603, message: 'not yet' });
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();

    await stand.add(server);

    const { cause } = await stand.reached('reconnecting');
    expect(cause).toEqual({ kind: 'handshake-refused', code: -32_603, message: expect.stringContaining('not yet') });
    expect(stand.states()).toEqual([
      '1 connecting',
      '1 initializing',
      '1 reconnecting: handshake-refused',
      ...SECOND_LIFE,
    ]);
    expectCleanEpochs(server);
  });

  verifies('death:handshake:final', async () => {
    await using server = await transport.start({ faults: [{ on: 'initialize', do: 'error', code: -32_601 }] });
    await using stand = new Stand();

    const { error } = await rejection(stand.add(server));

    expect(error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'handshake-refused', code: -32_601 } });
    expect(stand.states().slice(0, 3)).toEqual(['1 connecting', '1 initializing', '1 closed: handshake-refused']);
    expect(server.journal.entries({ kind: 'message', method: 'initialize' })).toHaveLength(1);
    await expectNothingLeft(server);
  });

  verifies('death:handshake:version', async () => {
    await using server = await transport.start({ protocolVersion: '1999-01-01' });
    await using stand = new Stand();

    const { error } = await rejection(stand.add(server));

    expect(error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'protocol-version-unsupported' } });
    expect(server.journal.entries({ kind: 'message', method: 'initialize' })).toHaveLength(1);
    await expectNothingLeft(server);
  });

  verifies('death:handshake:shape', async () => {
    const fault = transport.once({ on: 'initialize', do: 'result', result: { protocolVersion: 7, tools: 'none' } });
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();

    await stand.add(server);

    expect(stand.states()).toEqual([
      '1 connecting',
      '1 initializing',
      '1 reconnecting: malformed-message',
      ...SECOND_LIFE,
    ]);
    expect(await stand.text('echo', { text: 'alive' })).toBe('alive');
  });

  /** Connect once: the first connection of a process also loads the code of its transport. */
  async function loadTransport(): Promise<void> {
    await using server = await transport.start({ faults: [] });
    await using stand = new Stand();
    await stand.begin(server);
    await stand.reached('ready');
  }

  /** The first attempt ended when its time was over, not before and not much later. */
  function expectInTime(stand: Stand, connectTimeoutMs: number): void {
    const [begun] = stand.changes();
    const ended = stand.changes().find(({ to }) => to === 'reconnecting');
    const elapsedMs = (ended?.atMs ?? Number.NaN) - (begun?.atMs ?? Number.NaN);
    expect(ended?.cause).toEqual({ kind: 'timed-out', phase: 'initializing', afterMs: connectTimeoutMs });
    expect(elapsedMs).toBeGreaterThanOrEqual(connectTimeoutMs - 5);
    expect(elapsedMs).toBeLessThan(connectTimeoutMs + SLACK_MS);
    expect(stand.mcp.getServerInfo(ONE)?.state).toBe('ready');
  }
};
