/** How one connection takes over from another: without a gap, or not at all. */

import { expect } from 'vitest';
import type { CallToolResult, ReleaseFailed } from '../../../src/index.ts';
import { alive } from '../../../src/testing/processes.ts';
import { scratchFile } from '../../../src/testing/scratch.ts';
import { commitsIn, expectCleanEpochs, expectNothingLeft } from '../evidence.ts';
import { named, ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const CALLERS = 4;
const SERVING = ['1 connecting', '1 initializing', '1 ready'];

export const replacementSuite: Suite = ({ transport, verifies }) => {
  verifies('replace:swap:gapless', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const firstPid = server.pid;
    const load = callAllTheTime(stand);

    const info = await stand.mcp.replaceServer(named(server.config, ONE));
    const madeBefore = load.madeCount();
    await stand.told(({ type }) => type === 'connection.retired');
    const { made, waited } = await load.stop();

    expect(info).toMatchObject({ state: 'ready', epoch: 2 });
    expect(stand.states()).toEqual(SERVING);
    expect(stand.events).toContainEqual(
      expect.objectContaining({ type: 'server.replaced', epoch: 2, previousEpoch: 1, reason: 'replaced' }),
    );
    expect(made).toBeGreaterThan(madeBefore);
    expect(madeBefore).toBeGreaterThan(0);
    expect(waited).toBe(0);
    expect(server.journal.executions('tools/call', 'echo')).toBe(made);
    if (transport.isOwned) expect([alive(firstPid), alive(server.pid)]).toEqual([false, true]);
  });

  verifies('replace:drain:ends', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const waiting = stand.text('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    await stand.mcp.replaceServer(named(server.config, ONE));
    expect(stand.events.some(({ type }) => type === 'connection.retired')).toBe(false);
    expect(stand.mcp.getServerInfo(ONE)).toMatchObject({ epoch: 2, inFlight: 1 });

    await server.control({ do: 'release' });
    expect(await waiting).toBe('released');
    await stand.told(({ type, epoch }) => type === 'connection.retired' && epoch === 1);
    expect(server.journal.executions('tools/call', 'wait')).toBe(1);
  });

  verifies('replace:drain:cut', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const file = scratchFile('commits');
    const hanging = rejection(stand.mcp.callTool(ONE, 'commit', { file, ending: 'hang' }));
    await server.journal.waitFor({ kind: 'committed' });

    await stand.mcp.replaceServer(named(server.config, ONE), { drainTimeoutMs: 200 });
    const { error } = await hanging;

    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', epoch: 1 });
    await stand.told(({ type }) => type === 'connection.retired');
    const cut = stand.events.find((event): event is ReleaseFailed => event.type === 'release.failed');
    expect(cut).toMatchObject({ epoch: 1, resource: 'calls', reason: 'timed-out' });
    expect(commitsIn(file)).toBe(1);
    expect(await stand.text('echo', { text: 'on' })).toBe('on');
  });

  verifies('replace:slots:moved', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, { maxConcurrent: 1 });
    const hanging = rejection(stand.mcp.callTool(ONE, 'wait'));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    const waiting = stand.text('echo', { text: 'moved' });
    expect(stand.mcp.getServerInfo(ONE)).toMatchObject({ inFlight: 1, queued: 1 });

    await stand.mcp.replaceServer(named(server.config, ONE, { maxConcurrent: 1 }));

    expect(await waiting).toBe('moved');
    expect(stand.events.some(({ type }) => type === 'connection.retired')).toBe(false);
    await stand.mcp.close();
    expect((await hanging).error).toMatchObject({ code: 'CONNECTION_LOST', epoch: 1 });
  });

  verifies('replace:broken:kept', async () => {
    await using server = await transport.start();
    await using broken = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    await using stand = new Stand();
    await stand.add(server);
    const load = callAllTheTime(stand);

    const replacing = stand.mcp.replaceServer(named(broken.config, ONE), { startTimeoutMs: 400 });
    const { error } = await rejection(replacing);
    const { made, waited } = await load.stop();

    expect(error).toMatchObject({ code: 'START_TIMEOUT', server: ONE, epoch: 2 });
    await expectNothingLeft(broken);
    expect(stand.states()).toEqual(SERVING);
    expect(stand.mcp.getServerInfo(ONE)).toMatchObject({ state: 'ready', epoch: 1 });
    expect(waited).toBe(0);
    expect(server.journal.executions('tools/call', 'echo')).toBe(made);
  });

  verifies('replace:broken:refused', async () => {
    await using server = await transport.start();
    await using broken = await transport.start({ protocolVersion: '1999-01-01' });
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.replaceServer(named(broken.config, ONE)));

    expect(error).toMatchObject({ code: 'CONNECT_FAILED', fault: { kind: 'protocol-version-unsupported' } });
    await expectNothingLeft(broken);
    expect(await stand.text('echo', { text: 'on' })).toBe('on');
    expect(stand.states()).toEqual(SERVING);
  });

  verifies('replace:broken:abort', async () => {
    await using server = await transport.start();
    await using broken = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    await using stand = new Stand();
    await stand.add(server);
    const controller = new AbortController();
    const reason = new Error('no more');

    const replacing = stand.mcp.replaceServer(named(broken.config, ONE), { signal: controller.signal });
    const rejected = rejection(replacing);
    await broken.journal.waitFor({ kind: 'message', method: 'initialize' });
    controller.abort(reason);

    expect((await rejected).error).toBe(reason);
    await expectNothingLeft(broken);
    expect(stand.states()).toEqual(SERVING);
  });

  verifies('replace:again:superseded', async () => {
    await using server = await transport.start();
    await using broken = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    await using stand = new Stand();
    await stand.add(server);

    const first = rejection(stand.mcp.replaceServer(named(broken.config, ONE)));
    await broken.journal.waitFor({ kind: 'message', method: 'initialize' });
    const second = stand.mcp.replaceServer(named(server.config, ONE));

    expect((await first).error).toMatchObject({ code: 'REPLACEMENT_SUPERSEDED', server: ONE });
    expect(await second).toMatchObject({ state: 'ready', epoch: 3 });
    await expectNothingLeft(broken);
    expect(stand.states()).toEqual(SERVING);
  });

  verifies('replace:exclusive:order', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const waiting = stand.text('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    const replacing = stand.mcp.replaceServer(named(server.config, ONE), { stopFirst: true });
    const queued = stand.text('echo', { text: 'queued' });
    await server.control({ do: 'release' });

    expect(await waiting).toBe('released');
    expect(await queued).toBe('queued');
    expect(await replacing).toMatchObject({ state: 'ready', epoch: 2 });
    expectCleanEpochs(server);
    expect(stand.states()).toEqual([...SERVING, '1 closed', '2 connecting', '2 initializing', '2 ready']);
  });

  verifies('replace:close:both', async () => {
    await using server = await transport.start();
    await using broken = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    await using stand = new Stand();
    await stand.add(server);
    const hanging = rejection(stand.mcp.callTool(ONE, 'wait'));
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    await stand.mcp.replaceServer(named(server.config, ONE));
    const replacing = rejection(stand.mcp.replaceServer(named(broken.config, ONE)));
    await broken.journal.waitFor({ kind: 'message', method: 'initialize' });

    await stand.mcp.close();

    expect((await hanging).error).toMatchObject({ outcome: 'unknown' });
    expect((await replacing).error).toMatchObject({ code: 'SERVER_REMOVED' });
    await expectNothingLeft(server);
    await expectNothingLeft(broken);
    expect(stand.events.filter(({ type }) => type === 'server.removed')).toHaveLength(1);
  });

  verifies('lifecycle:remove:drain', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const waiting = stand.text('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    const removing = stand.mcp.removeServer(ONE, { drainMs: 10_000 });
    await server.control({ do: 'release' });

    expect(await waiting).toBe('released');
    await removing;
    await expectNothingLeft(server);
  });

  verifies('lifecycle:close:drain', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const waiting = stand.text('wait');
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    const closing = stand.mcp.close({ drainMs: 10_000 });
    await server.control({ do: 'release' });

    expect(await waiting).toBe('released');
    await closing;
    await expectNothingLeft(server);
  });
};

/** Call without a pause, from several callers, until told to stop; any call that fails fails the test. */
function callAllTheTime({ mcp }: Stand) {
  let isOver = false;
  let made = 0;
  let waited = 0;
  const caller = async () => {
    while (!isOver) {
      made += 1;
      const call: Promise<CallToolResult> = mcp.callTool(ONE, 'echo', { text: 'x' }, { retry: 'never' });
      // A call that found the gate shut stands in the queue now.
      await Promise.resolve();
      waited += mcp.getServerInfo(ONE)?.queued ?? 0;
      await call;
    }
  };
  const callers = Promise.all(Array.from({ length: CALLERS }, caller));
  return {
    madeCount: () => made,
    stop: async () => {
      isOver = true;
      await callers;
      return { made, waited };
    },
  };
}
