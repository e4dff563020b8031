/** Calls on a ready connection: results, errors, progress, deadlines and cancelling. */

import { expect } from 'vitest';
import type { Progress } from '../../../src/index.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

export const callSuite: Suite = ({ transport, verifies }) => {
  verifies('call:result:text', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const result = await stand.mcp.callTool(ONE, 'echo', { text: 'hello' });
    expect(result).toEqual({ content: [{ type: 'text', text: 'hello' }] });

    const numbers = Array.from({ length: 40 }, (_, index) => index);
    const sums = await Promise.all(numbers.map((number) => stand.text('add', { a: number, b: 1_000 })));
    expect(sums).toEqual(numbers.map((number) => String(number + 1_000)));
    expect(server.journal.executions('tools/call')).toBe(41);
  });

  verifies('call:result:tool-error', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const result = await stand.mcp.callTool(ONE, 'fail', { how: 'tool' });

    expect(result).toEqual({ isError: true, content: [{ type: 'text', text: 'scripted failure' }] });
  });

  verifies('call:error:rpc', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.callTool(ONE, 'fail', { how: 'protocol' }));

    const about = { server: ONE, epoch: 1, attempts: 1, retryable: false, rpcData: { how: 'protocol' } };
    expect(error).toMatchObject({ code: 'SERVER_ERROR', outcome: 'failed-by-server', rpcCode: -32_000, ...about });
    expect(error.message).toContain('scripted failure');
    const unknown = await rejection(stand.mcp.callTool(ONE, 'no-such-tool'));
    expect(unknown.error).toMatchObject({ code: 'SERVER_ERROR', rpcCode: -32_602 });
    expect(server.journal.executions('tools/call')).toBe(2);
    expect(stand.mcp.getServerInfo(ONE)?.epoch).toBe(1);
  });

  verifies('call:extension:carried', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await rejection(stand.mcp.request(ONE, 'skills/list', { cursor: 'a' }));

    expect(error).toMatchObject({ code: 'SERVER_ERROR', rpcCode: -32_601, outcome: 'failed-by-server' });
    expect(server.journal.executions('skills/list')).toBe(1);
    for (const method of ['tools/call', 'resources/subscribe', 'initialize', 'notifications/cancelled', '']) {
      const own = await rejection(stand.mcp.request(ONE, method));
      expect(own.error).toMatchObject({ code: 'CONFIG_INVALID', server: ONE });
    }
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  verifies('call:unknown:server', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server, {}, 'weather');
    await stand.add(server, {}, 'files');

    const { error } = await rejection(stand.mcp.callTool('wether', 'echo'));

    expect(error).toMatchObject({ code: 'SERVER_UNKNOWN', server: 'wether' });
    expect(error.message).toContain("'weather', 'files'");
  });

  verifies('call:progress:told', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const told: Progress[] = [];

    const result = await stand.mcp.callTool(ONE, 'progress', { steps: 3 }, { onProgress: (step) => told.push(step) });

    expect(told).toEqual([1, 2, 3].map((progress) => ({ progress, total: 3 })));
    expect(result.content).toEqual([{ type: 'text', text: '3 steps' }]);
  });

  verifies('call:timeout:cancelled', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 300 }));

    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 1, server: ONE, epoch: 1 });
    expect(elapsedMs).toBeGreaterThan(220);
    expect(elapsedMs).toBeLessThan(800);
    await expectCancelled(server);
    expect(await stand.text('echo', { text: 'next' })).toBe('next');
    expect(stand.mcp.getServerInfo(ONE)?.epoch).toBe(1);
  });

  verifies('call:timeout:alone', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const long = stand.text('wait');
    const short = await rejection(stand.mcp.callTool(ONE, 'wait', {}, { timeoutMs: 150 }));
    await server.control({ do: 'release' });

    expect(short.error).toMatchObject({ code: 'CALL_TIMEOUT' });
    expect(await long).toBe('released');
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  verifies('call:abort:cancelled', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    const controller = new AbortController();

    const call = stand.mcp.callTool(ONE, 'wait', {}, { signal: controller.signal });
    const rejected = rejection(call);
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });
    const abortedMs = performance.now();
    controller.abort();

    expect((await rejected).error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'unknown', attempts: 1 });
    expect(performance.now() - abortedMs).toBeLessThan(200);
    await expectCancelled(server);
    expect(await stand.text('echo', { text: 'next' })).toBe('next');
    expect(stand.mcp.getServerInfo(ONE)?.epoch).toBe(1);
  });

  verifies('call:abort:before', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const call = stand.mcp.callTool(ONE, 'echo', { text: 'never' }, { signal: AbortSignal.abort() });

    expect((await rejection(call)).error).toMatchObject({ code: 'CALL_ABORTED', outcome: 'not-sent' });
    expect(await stand.text('echo', { text: 'next' })).toBe('next');
    expect(server.journal.executions('tools/call')).toBe(1);
  });

  /** The server hears of it, and what carried the request is free again. */
  async function expectCancelled({ journal }: ServerUnderTest): Promise<void> {
    const { id } = await journal.waitFor({ kind: 'executed', name: 'wait' });
    await journal.waitFor({ kind: 'cancelled', id: id as number });
    if (transport.kind === 'streamable_http') await journal.waitFor({ kind: 'dropped', method: 'tools/call' });
  }
};
