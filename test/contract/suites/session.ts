/** Sessions over HTTP: lost, replaced, and never used again; calls meet none of it. */

import { expect } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.ts';
import { scratchFile } from '../../../src/testing/scratch.ts';
import { commitsIn, expectCleanEpochs } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

export const sessionSuite: Suite = ({ transport, verifies }) => {
  verifies('death:session:forgotten', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    const before = await stand.add(server);
    const file = scratchFile('commits');

    await server.control({ do: 'forget-sessions' });
    expect(await stand.text('commit', { file })).toBe('committed');

    expect(commitsIn(file)).toBe(1);
    expect(stand.lives()).toEqual([...LIFE, 'reconnecting: session-lost', ...LIFE]);
    expect(stand.changes().find(({ to }) => to === 'reconnecting')?.cause).toEqual({
      kind: 'session-lost',
      status: 404,
    });
    expect(stand.events.filter(({ type }) => type === 'call.retried')).toMatchObject([
      { outcome: 'refused', attempt: 1 },
    ]);
    if (transport.kind === 'streamable_http') {
      expect(stand.mcp.getServerInfo(ONE)?.sessionId).not.toBe(before.sessionId);
    }
    expectCleanEpochs(server);
  });

  verifies('death:session:bad-request', async () => {
    const status = { do: 'status', status: 400, times: 1 } as const;
    await using server = await transport.start({
      faults: [
        { on: 'tools/call:commit', ...status },
        { on: 'ping', ...status },
      ],
    });
    await using stand = new Stand();
    await stand.add(server);
    const file = scratchFile('commits');

    expect(await stand.text('commit', { file })).toBe('committed');

    expect(commitsIn(file)).toBe(1);
    expect(stand.lives()).toEqual([...LIFE, 'reconnecting: session-lost', ...LIFE]);
    expectCleanEpochs(server);
  });

  verifies('death:session:under-way', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    expect(await stand.text('echo', { text: 'once' })).toBe('once');
    const underWay = stand.text('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    await server.control({ do: 'forget-sessions' });
    const refused = stand.text('echo', { text: 'again' });
    const { retryInMs } = await stand.reached('reconnecting');
    await server.control({ do: 'release' });

    expect([await underWay, await refused, retryInMs]).toEqual(['released', 'again', 0]);
    expect(server.journal.executions('tools/call', 'wait')).toBe(1);
    expect(stand.lives()).toEqual([...LIFE, 'reconnecting: session-lost', ...LIFE]);
    expectCleanEpochs(server);
  });

  verifies('death:session:unanswered', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const underWay = rejection(stand.text('wait'));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    await server.control({ do: 'forget-sessions' });
    expect(await stand.text('echo', { text: 'again' })).toBe('again');

    const { error, elapsedMs } = await underWay;
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', fault: { kind: 'session-lost' } });
    expect(elapsedMs).toBeLessThan(DEFAULTS.lostSessionDrainMs + SLACK_MS);
    expect(stand.events.filter(({ type }) => type === 'release.failed')).toMatchObject([
      { resource: 'calls', reason: 'timed-out' },
    ]);
    expectCleanEpochs(server);
  });

  verifies('death:server:restarted', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const file = scratchFile('commits');

    await server.kill();
    if (transport.kind === 'sse') {
      // A call that races the end of its stream may have been sent, so it is made when the end is known.
      await stand.reached('reconnecting');
      const call = stand.text('commit', { file });
      expect(stand.mcp.getServerInfo(ONE)?.queued).toBe(1);
      await server.revive();
      expect(await call).toBe('committed');
    } else {
      // The call itself may be the first to meet the new server, which does not know its session.
      await server.revive();
      expect(await stand.text('commit', { file })).toBe('committed');
    }

    expect(commitsIn(file)).toBe(1);
    expect(stand.states().at(-1)).toMatch(/^\d+ ready$/);
    expect(stand.lives().filter((state) => state === 'ready')).toHaveLength(2);
    expectCleanEpochs(server);
  });

  verifies('death:server:refused', async () => {
    await using server = await transport.start();
    await server.kill();
    await using stand = new Stand();

    await stand.begin(server);
    const { cause } = await stand.reached('reconnecting', 2);
    await server.revive();
    await stand.reached('ready');

    expect(cause).toEqual({ kind: 'unreachable', errno: 'ECONNREFUSED' });
    expect(stand.lives()).toEqual(LIFE);
    expect(await stand.text('echo', { text: 'alive' })).toBe('alive');
    expectCleanEpochs(server);
  });
};

/** What a loaded host may add. */
const SLACK_MS = 1_000;
const LIFE = ['connecting', 'initializing', 'ready'];
