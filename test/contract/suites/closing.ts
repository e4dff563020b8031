/** How everything ends: in which order, how completely, and in every state. */

import { expect } from 'vitest';
import { expectCleanEpochs, expectNothingLeft } from '../evidence.ts';
import { named, ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

export const closingSuite: Suite = ({ transport, verifies }) => {
  verifies('lifecycle:close:connecting', async () => {
    await using server = await transport.start();
    await using stand = new Stand();

    const adding = rejection(stand.add(server));
    await stand.mcp.close();

    expect((await adding).error).toMatchObject({ server: ONE });
    expect(stand.states()).toEqual(['1 connecting', '1 closed']);
    await expectNothingLeft(server);
    expect(server.journal.entries({ kind: 'message' })).toEqual([]);
  });

  verifies('lifecycle:close:opening', async () => {
    await using server = await transport.start({ faults: [{ on: 'GET', do: 'hang-body' }] });
    await using stand = new Stand();

    const adding = rejection(stand.add(server));
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });
    await stand.mcp.close();

    expect((await adding).error).toMatchObject({ server: ONE });
    expect(stand.states()).toEqual(['1 connecting', '1 closed']);
    await server.journal.waitFor({ kind: 'dropped', verb: 'GET' });
  });

  verifies('lifecycle:close:initializing', async () => {
    await using server = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    await using stand = new Stand();

    const adding = rejection(stand.add(server));
    await server.journal.waitFor({ kind: 'message', method: 'initialize' });
    await stand.mcp.close();

    expect((await adding).error).toMatchObject({ server: ONE });
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 closed']);
    await expectNothingLeft(server);
  });

  verifies('lifecycle:close:ready', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    await stand.mcp.close();

    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready', '1 closed']);
    expect(stand.events.at(-1)).toMatchObject({ type: 'server.removed', server: ONE });
    expect(stand.mcp.listServers()).toEqual([]);
    await expectNothingLeft(server);
    expectCleanEpochs(server);
  });

  verifies('lifecycle:close:reconnecting', async () => {
    await using server = await transport.start();
    await using stand = new Stand({ defaults: { backoff: { baseMs: 60_000, maxMs: 60_000 } }, random: () => 1 });
    await stand.add(server);
    await server.kill();
    const lost = await stand.reached('reconnecting');

    const startedMs = performance.now();
    await stand.mcp.close();

    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(lost.retryInMs).toBe(60_000);
    const fault = lost.cause?.kind;
    expect(stand.states()).toEqual([
      '1 connecting',
      '1 initializing',
      '1 ready',
      `1 reconnecting: ${fault}`,
      '1 closed',
    ]);
    expect(server.journal.entries({ kind: 'started' })).toHaveLength(1);
  });

  verifies('lifecycle:close:twice', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const first = stand.mcp.close();

    expect(stand.mcp.close()).toBe(first);
    expect(stand.mcp.disconnectAll()).toBe(first);
    await first;
    expect(stand.mcp.close()).toBe(first);
    expect(stand.states().filter((line) => line.includes('closed'))).toHaveLength(1);
  });

  verifies('lifecycle:close:reverse', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    for (const name of ['a', 'b', 'c']) await stand.add(server, {}, name);
    const before = stand.events.length;

    await stand.mcp.close();

    const story = stand.events.slice(before).map((event) => `${event.server} ${event.type}`);
    expect(story).toEqual(['c', 'b', 'a'].flatMap((name) => [`${name} state.changed`, `${name} server.removed`]));
    await expectNothingLeft(server);
  });

  verifies('lifecycle:close:final', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const closing = stand.mcp.close();
    const whileClosing = await rejection(stand.text('echo'));
    await closing;

    expect(whileClosing.error).toMatchObject({ code: 'SUPERVISOR_CLOSED', outcome: 'not-sent' });
    expect((await rejection(stand.text('echo'))).error).toMatchObject({ code: 'SUPERVISOR_CLOSED', server: ONE });
    expect((await rejection(stand.add(server, {}, 'two'))).error).toMatchObject({ code: 'SUPERVISOR_CLOSED' });
    expect(stand.mcp.listServers()).toEqual([]);
  });

  verifies('lifecycle:release:polite', async () => {
    await using server = await transport.start({ ignoreStdinEnd: true, ignoreSigterm: true });
    await using stand = new Stand();
    const { pid } = await stand.add(server, { stdinGraceMs: 150, termGraceMs: 150 });

    const removing = stand.mcp.removeServer(ONE);
    const meanwhile = await rejection(stand.mcp.callTool(ONE, 'echo', { text: 'too late' }));
    await removing;
    expect(meanwhile.error).toMatchObject({ code: 'SERVER_REMOVED', outcome: 'not-sent' });

    // What the server saw of its end, in its own order; what is killed sees nothing.
    const { journal } = server;
    if (!transport.isOwned) await journal.waitFor({ kind: 'stream-closed', verb: 'GET' });
    const seen = journal.entries().flatMap(({ kind, verb, signal }) => {
      if (kind === 'request' && verb === 'DELETE') return ['DELETE'];
      return kind === 'stdin-end' || kind === 'signal' || (kind === 'stream-closed' && verb === 'GET')
        ? [signal ?? kind]
        : [];
    });
    const expected = {
      stdio: ['stdin-end', 'SIGTERM'],
      sse: ['stream-closed'],
      streamable_http: ['DELETE', 'stream-closed'],
      in_process: ['stdin-end'],
    }[transport.kind];
    expect(seen).toEqual(expected);
    expect(pid === undefined).toBe(transport.kind !== 'stdio');
    await expectNothingLeft(server);
  });

  verifies('lifecycle:dispose:scope', async () => {
    await using server = await transport.start();
    const stand = new Stand();
    {
      await using mcp = stand.mcp;
      await mcp.addServer(named(server.config, ONE));
      expect(await stand.text('add', { a: 1, b: 2 })).toBe('3');
    }

    expect(stand.states().at(-1)).toBe('1 closed');
    await expectNothingLeft(server);
  });

  verifies('lifecycle:remove:free', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const waiting = rejection(stand.text('wait'));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    await stand.mcp.removeServer(ONE);

    expect((await waiting).error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown' });
    expect(stand.mcp.listServers()).toEqual([]);
    expect(stand.mcp.getServerInfo(ONE)).toBeUndefined();
    await expectNothingLeft(server);
    expect((await rejection(stand.mcp.removeServer(ONE))).error).toMatchObject({ code: 'SERVER_UNKNOWN' });
    expect((await stand.add(server)).epoch).toBe(1);
    expect(await stand.text('echo', { text: 'again' })).toBe('again');
    expectCleanEpochs(server);
  });
};
