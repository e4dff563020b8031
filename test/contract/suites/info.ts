/** What can be seen of a server from outside: in each state, without secrets, and as it changes. */

import { expect } from 'vitest';
import type { RuntimeEvent } from '../../../src/index.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const SECRET = 'canary-4f7d1c90aa';

export const infoSuite: Suite = ({ transport, verifies }) => {
  verifies('info:fields:state', async () => {
    await using server = await transport.start({ name: 'weather', instructions: 'ask nicely' });
    await using stand = new Stand({ defaults: { backoff: { baseMs: 60_000, maxMs: 60_000 } }, random: () => 1 });

    const added = await stand.begin(server);
    const begunMs = Date.now();
    await stand.reached('ready');
    const ready = stand.mcp.getServerInfo(ONE);
    await server.kill();
    const lost = await stand.reached('reconnecting');
    const reconnecting = stand.mcp.getServerInfo(ONE);

    const always = { name: ONE, endpoint: expect.any(String), queued: 0, parked: false, waitingFor: [], epoch: 1 };
    expect(added).toMatchObject({ ...always, state: 'connecting', attempt: 1, tools: [] });
    expect(added).not.toHaveProperty('connectedAt');
    expect(ready).toMatchObject({
      ...always,
      state: 'ready',
      era: 'initialize',
      protocolVersion: '2025-11-25',
      implementation: { name: 'weather', version: '1.0.0' },
      capabilities: { tools: { listChanged: true } },
      instructions: 'ask nicely',
      connectedAt: expect.any(Date),
    });
    expect(ready?.tools.map(({ name }) => name)).toContain('echo');
    expect(Math.abs((ready?.connectedAt?.getTime() ?? 0) - begunMs)).toBeLessThan(5_000);
    expect(ready?.pid).toBe(transport.kind === 'stdio' ? server.pid : undefined);
    expect(ready?.sessionId === undefined).toBe(transport.kind !== 'streamable_http');
    expect(reconnecting).toMatchObject({
      ...always,
      state: 'reconnecting',
      cause: lost.cause,
      retryAtMs: lost.atMs + 60_000,
    });
    for (const field of ['connectedAt', 'pid', 'sessionId', 'era', 'implementation', 'capabilities']) {
      expect(reconnecting).not.toHaveProperty(field);
    }
    expect(ready?.state, 'an info is a copy').toBe('ready');
  });

  verifies('info:secrets:redacted', async () => {
    await using server = await transport.start();
    const config = transport.secretive(server.config, SECRET);
    await using stand = new Stand();

    const info = await stand.add({ config });

    const text = JSON.stringify(info);
    expect(text).not.toContain(SECRET);
    expect(info.config.name).toBe(ONE);
    expect(info.config.transport).toBe(transport.kind);
    if (transport.isOwned) expect(await stand.text('env')).toContain(SECRET);
    else expect(server.journal.entries({ kind: 'request' })[0]?.headers?.['authorization']).toBe(`Bearer ${SECRET}`);
    const sessions = new Set(server.journal.entries().flatMap(({ sessionId }) => sessionId ?? []));
    for (const session of sessions) expect(text).not.toContain(session);
    await server.kill();
    await stand.reached('reconnecting');
    expect(JSON.stringify([stand.events, stand.mcp.getServerInfo(ONE)])).not.toContain(SECRET);
  });

  verifies('info:secrets:words', async () => {
    await using server = await transport.start();
    await using stand = new Stand();

    for (const word of ['tools', 'initialize', 'result', 'content']) {
      const { tools, capabilities } = await stand.add({ config: transport.secretive(server.config, word) }, {}, word);

      expect(tools.length, word).toBeGreaterThan(5);
      expect(capabilities?.tools).toEqual({ listChanged: true });
      expect(await stand.text('echo', { text: word }, word)).toBe(word);
    }
  });

  verifies('info:unknown:nothing', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    expect(stand.mcp.getServerInfo('nobody')).toBeUndefined();
    expect(stand.mcp.listTools('nobody')).toEqual({});
    expect(Object.keys(stand.mcp.listTools())).toEqual([ONE]);
    expect(stand.mcp.listTools(ONE)).toEqual(stand.mcp.listTools());
    expect((await rejection(stand.mcp.waitFor('nobody', 'ready'))).error).toMatchObject({ code: 'SERVER_UNKNOWN' });
  });

  verifies('info:tools:kept', async () => {
    await using server = await transport.start();
    await using stand = new Stand({ defaults: { backoff: { baseMs: 60_000, maxMs: 60_000 } }, random: () => 1 });
    await stand.add(server);
    const before = stand.mcp.listTools(ONE);

    await server.kill();
    await stand.reached('reconnecting');

    expect(before[ONE]?.length).toBeGreaterThan(5);
    expect(stand.mcp.listTools(ONE)).toEqual(before);
    await stand.mcp.removeServer(ONE);
    expect(stand.mcp.listTools()).toEqual({});
  });

  verifies('info:tools:changed', async () => {
    await using server = await transport.start({ pageSize: 5 });
    await using stand = new Stand();
    await stand.add(server);
    if (transport.kind === 'streamable_http') await server.journal.waitFor({ kind: 'request', verb: 'GET' });
    const before = stand.mcp.listTools(ONE)[ONE]?.map(({ name }) => name) ?? [];

    await server.control({ do: 'grow-tools' });
    const changed = await stand.told((event) => event.type === 'catalog.changed' && event.added.length === 1);

    expect(changed).toMatchObject({ server: ONE, epoch: 1, added: ['grown-1'], removed: [], changed: [] });
    expect(stand.mcp.listTools(ONE)[ONE]?.map(({ name }) => name)).toEqual([...before, 'grown-1']);
    expect(await stand.text('grown-1', { x: 1 })).toBe('{"x":1}');
    expect(before.length).toBeGreaterThan(10);
  });

  verifies('info:wait:signal', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.begin(server);

    expect((await stand.mcp.waitFor(ONE, 'ready')).state).toBe('ready');
    expect((await stand.mcp.waitFor(ONE, 'ready')).state).toBe('ready');
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = rejection(stand.mcp.waitFor(ONE, 'closed', { signal: controller.signal }));
    const removed = rejection(stand.mcp.waitFor(ONE, 'reconnecting'));
    controller.abort(reason);
    expect((await waiting).error).toBe(reason);
    await stand.mcp.removeServer(ONE);
    expect((await removed).error).toMatchObject({ code: 'SERVER_REMOVED' });
  });

  verifies('info:events:stream', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    const stream = stand.mcp.events();

    await stand.add(server);
    await stand.text('echo');
    await stand.mcp.close();
    const seen: RuntimeEvent[] = [];
    for await (const event of stream) seen.push(event);

    expect(seen).toEqual(stand.events);
    expect(seen.map(({ type }) => type)).toEqual([
      'server.added',
      'state.changed',
      'state.changed',
      'state.changed',
      'state.changed',
      'server.removed',
    ]);
    for (const { atMs } of seen) expect(Math.abs(atMs - Date.now())).toBeLessThan(30_000);
  });
};
