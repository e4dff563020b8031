/** Calls that meet a connection which is not ready: they wait, bounded, or fail at once and say why. */

import { expect } from 'vitest';
import { expectCleanEpochs } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

/** Long enough that nothing comes back unless it is told to. */
const PATIENT = { defaults: { backoff: { baseMs: 60_000, maxMs: 60_000 } }, random: () => 1 };

/** At once, on a busy machine. */
const AT_ONCE_MS = 150;

export const waitingSuite: Suite = ({ transport, verifies }) => {
  const lose = async (stand: Stand, server: ServerUnderTest) => {
    await server.kill();
    await stand.reached('reconnecting');
  };

  verifies('call:wait:completes', async () => {
    await using server = await transport.start();
    await using stand = new Stand(PATIENT);
    await stand.add(server);
    await lose(stand, server);

    const calls = [1, 2, 3].map((number) => stand.text('echo', { text: `call ${number}` }));
    expect(stand.mcp.getServerInfo(ONE)?.queued).toBe(3);
    await server.revive();
    stand.mcp.retryServer(ONE);

    expect(await Promise.all(calls)).toEqual(['call 1', 'call 2', 'call 3']);
    expect(stand.mcp.getServerInfo(ONE)?.queued).toBe(0);
    expect(server.journal.executions('tools/call', 'echo')).toBe(3);
    expectCleanEpochs(server);
  });

  verifies('call:wait:deadline', async () => {
    await using server = await transport.start();
    await using stand = new Stand(PATIENT);
    await stand.add(server);
    await lose(stand, server);

    const call = stand.mcp.callTool(ONE, 'echo', { text: 'late' }, { timeoutMs: 200 });
    const { error, elapsedMs } = await rejection(call);

    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'not-sent', attempts: 0, retryable: true });
    expect(elapsedMs).toBeGreaterThan(120);
    expect(elapsedMs).toBeLessThan(200 + AT_ONCE_MS);
    expect(stand.mcp.getServerInfo(ONE)?.queued).toBe(0);
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  verifies('call:wait:abort', async () => {
    await using server = await transport.start();
    await using stand = new Stand(PATIENT);
    await stand.add(server);
    await lose(stand, server);
    const controller = new AbortController();

    const call = rejection(stand.mcp.callTool(ONE, 'echo', {}, { signal: controller.signal }));
    controller.abort();

    const { error, elapsedMs } = await call;
    expect(error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'not-sent', attempts: 0 });
    expect(elapsedMs).toBeLessThan(AT_ONCE_MS);
    expect(stand.mcp.getServerInfo(ONE)?.queued).toBe(0);
  });

  verifies('call:wait:bounded', async () => {
    await using server = await transport.start();
    await using stand = new Stand(PATIENT);
    await stand.add(server, { maxQueued: 2 });
    await lose(stand, server);

    const waiting = [1, 2].map(() => rejection(stand.mcp.callTool(ONE, 'echo')));
    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'echo'));

    expect(error).toMatchObject({ code: 'QUEUE_FULL', outcome: 'not-sent' });
    expect(elapsedMs).toBeLessThan(AT_ONCE_MS);
    await stand.mcp.close();
    for (const one of await Promise.all(waiting)) {
      expect(one.error).toMatchObject({ code: 'SUPERVISOR_CLOSED', outcome: 'not-sent' });
    }
  });

  verifies('call:closed:why', async () => {
    await using server = await transport.start({ protocolVersion: '1999-01-01' });
    await using stand = new Stand();
    await stand.begin(server);
    await stand.reached('closed');

    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'echo'));

    const fault = { kind: 'protocol-version-unsupported' };
    expect(error).toMatchObject({ code: 'SERVER_CLOSED', outcome: 'not-sent', server: ONE, epoch: 1, fault });
    expect(error.message).toContain('no protocol revision in common');
    expect(elapsedMs).toBeLessThan(AT_ONCE_MS);
  });

  verifies('call:parked:why', async () => {
    const fault = { on: 'initialize', do: 'error', code: -32_602, lives: [2] } as const;
    await using server = await transport.start({ faults: [fault] });
    await using stand = new Stand();
    await stand.add(server);
    await lose(stand, server);
    await server.revive();
    await stand.told((event) => event.type === 'state.changed' && event.parked === true);

    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'echo'));

    expect(error).toMatchObject({ code: 'SERVER_PARKED', outcome: 'not-sent', fault: { kind: 'handshake-refused' } });
    expect(elapsedMs).toBeLessThan(AT_ONCE_MS);
    expect(stand.mcp.getServerInfo(ONE)).toMatchObject({ state: 'reconnecting', parked: true });
    if (!transport.isOwned) await server.kill();
    await server.revive();
    stand.mcp.retryServer(ONE);
    await stand.reached('connecting', 3);
    expect(stand.mcp.getServerInfo(ONE)?.parked).toBe(false);
    expect(await stand.text('echo', { text: 'revived' })).toBe('revived');
    expectCleanEpochs(server);
  });
};
