/** How a server comes: from its addition to ready, or to nothing. */

import { expect } from 'vitest';
import { expectCleanEpochs, expectNothingLeft } from '../evidence.ts';
import { named, ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

export const additionSuite: Suite = ({ transport, verifies }) => {
  verifies('lifecycle:connect:states', async () => {
    await using server = await transport.start();
    await using stand = new Stand();

    const info = await stand.add(server);

    const about = { type: 'state.changed', server: ONE, epoch: 1, attempt: 1, losses: 0, atMs: expect.any(Number) };
    expect([...stand.events]).toEqual([
      { type: 'server.added', server: ONE, epoch: 0, atMs: expect.any(Number) },
      { ...about, from: 'closed', to: 'connecting' },
      { ...about, from: 'connecting', to: 'initializing' },
      { ...about, from: 'initializing', to: 'ready' },
    ]);
    expect(info.state).toBe('ready');
    const asked = server.journal.entries({ kind: 'message' }).map(({ method }) => method);
    expect(asked).toEqual(['initialize', 'notifications/initialized', 'tools/list']);
    expectCleanEpochs(server);
  });

  verifies('lifecycle:add:refused', async () => {
    await using server = await transport.start({ protocolVersion: '1999-01-01' });
    await using healthy = await transport.start();
    await using stand = new Stand();

    const { error } = await rejection(stand.add(server));

    expect(error).toMatchObject({ code: 'CONNECT_FAILED', server: ONE, epoch: 1 });
    expect(stand.mcp.listServers()).toEqual([]);
    await expectNothingLeft(server);
    expect((await stand.add(healthy)).state).toBe('ready');
  });

  verifies('lifecycle:add:late', async () => {
    await using server = await transport.start({ faults: [transport.once({ on: 'initialize', do: 'never' })] });
    await using stand = new Stand();
    const config = named(server.config, ONE);

    const { error, elapsedMs } = await rejection(stand.mcp.addServer(config, { startTimeoutMs: 300 }));

    expect(error).toMatchObject({ code: 'START_TIMEOUT', server: ONE });
    expect(elapsedMs).toBeGreaterThan(220);
    expect(elapsedMs).toBeLessThan(2_500);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 closed']);
    expect(stand.mcp.listServers()).toEqual([]);
    await expectNothingLeft(server);
    expect((await stand.add(server)).state).toBe('ready');
  });

  verifies('lifecycle:add:abort', async () => {
    await using server = await transport.start({ faults: [transport.once({ on: 'initialize', do: 'never' })] });
    await using stand = new Stand();
    const controller = new AbortController();

    const adding = rejection(stand.mcp.addServer(named(server.config, ONE), { signal: controller.signal }));
    await server.journal.waitFor({ kind: 'message', method: 'initialize' });
    const reason = new Error('no more');
    controller.abort(reason);

    expect((await adding).error).toBe(reason);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 closed']);
    expect(stand.mcp.listServers()).toEqual([]);
    await expectNothingLeft(server);
    expect((await stand.add(server)).state).toBe('ready');
  });

  verifies('lifecycle:add:aborted', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    const reason = new Error('never');

    const adding = stand.mcp.addServer(named(server.config, ONE), { signal: AbortSignal.abort(reason) });

    expect((await rejection(adding)).error).toBe(reason);
    expect([...stand.events]).toEqual([]);
    expect(stand.mcp.listServers()).toEqual([]);
    expect(server.journal.entries({ kind: 'message' })).toEqual([]);
  });
};
