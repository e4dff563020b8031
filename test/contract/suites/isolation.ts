/** One server fails alone, and no callback of the user can harm a connection. */

import { expect } from 'vitest';
import { type AddServerResult, McpSupervisor, type ServerConfig } from '../../../src/index.ts';
import { named, ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';

const EIGHT = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

export const isolationSuite: Suite = ({ transport, verifies }) => {
  verifies('isolation:start:eight', async () => {
    await using server = await transport.start();
    await using silent = await transport.start({ faults: [{ on: 'initialize', do: 'never' }] });
    const missing = await transport.missing();
    // What is loaded once must not count for one side only.
    await eightReady([...EIGHT].map((name) => named(server.config, name)));

    const alone = await eightReady([...EIGHT].map((name) => named(server.config, name)));
    const beside = await eightReady([
      named(silent.config, 'silent', { connectTimeoutMs: 10_000 }),
      ...[...EIGHT].map((name) => named(server.config, name)),
      named(missing.config, 'missing'),
    ]);

    expect(beside.elapsedMs).toBeLessThan(2 * alone.elapsedMs + 500);
    expect(alone.results.map(({ name, status }) => `${name} ${status}`)).toEqual(EIGHT.map((name) => `${name} added`));
    expect(beside.results.map(({ name, status }) => `${name} ${status}`)).toEqual([
      'silent failed',
      ...EIGHT.map((name) => `${name} added`),
      'missing failed',
    ]);
    expect(beside.results.at(0)).toMatchObject({ error: { code: 'START_TIMEOUT', server: 'silent' } });
    expect(beside.results.at(-1)).toMatchObject({
      error: { code: missing.code, server: 'missing', fault: { kind: missing.fault } },
    });
  });

  verifies('isolation:flapping:sibling', async () => {
    const faults = [{ on: 'tools/call:echo', do: 'reset' } as const];
    await using flapping = await transport.start({ faults });
    await using steady = await transport.start();
    await using stand = new Stand();
    await stand.add(flapping, {}, 'flapping');
    await stand.add(steady, {}, 'steady');

    const deaths: string[] = [];
    let calls = 0;
    let isOver = false;
    const flap = async () => {
      while (deaths.length < 4 || (calls < 30 && deaths.length < 200)) {
        deaths.push((await rejection(stand.text('echo', {}, 'flapping'))).error.outcome);
      }
    };
    const flaps = flap().finally(() => {
      isOver = true;
    });
    for (; !isOver; calls += 1) {
      expect(await stand.text('add', { a: calls, b: 1 }, 'steady')).toBe(String(calls + 1));
    }
    await flaps;

    expect(new Set(deaths)).toEqual(new Set(['unknown']));
    expect(calls).toBeGreaterThanOrEqual(30);
    expect(stand.states('steady')).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  verifies('isolation:callback:listener', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    const failing = (): never => {
      throw new RangeError('secret of the listener');
    };
    stand.mcp.on('state', failing);
    stand.mcp.on('*', failing);
    stand.mcp.on('state', () => Promise.reject(new TypeError('secret of the listener')));

    await stand.add(server);

    expect(await stand.text('echo', { text: 'unharmed' })).toBe('unharmed');
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
    const failed = stand.events.filter((event) => event.type === 'listener.failed');
    expect(new Set(failed.map(({ event, error }) => `${event} ${error}`))).toEqual(
      new Set(['server.added RangeError', 'state.changed RangeError', 'state.changed TypeError']),
    );
    expect(JSON.stringify(failed)).not.toContain('secret');
  });

  verifies('isolation:callback:inspect', async () => {
    await using server = await transport.start();
    let count = 0;
    const inspect = (): never => {
      count += 1;
      throw new Error('an observer that throws');
    };
    await using stand = new Stand({ inspect });

    await stand.add(server);

    expect(count).toBeGreaterThan(0);
    expect(await stand.text('echo', { text: 'unharmed' })).toBe('unharmed');
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  verifies('isolation:callback:progress', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);
    let count = 0;
    const throwing = (): never => {
      count += 1;
      throw new Error('an observer that throws');
    };
    const rejecting = (async () => throwing()) as unknown as () => void;

    for (const onProgress of [throwing, rejecting]) {
      const { content } = await stand.mcp.callTool(ONE, 'progress', { steps: 2 }, { onProgress });
      expect(content).toEqual([{ type: 'text', text: '2 steps' }]);
    }

    expect(count).toBe(4);
    expect(await stand.text('echo', { text: 'unharmed' })).toBe('unharmed');
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });
};

/** Add all servers to a supervisor of their own, and measure until the last of the eight is ready. */
async function eightReady(
  configs: readonly ServerConfig[],
): Promise<{ results: AddServerResult[]; elapsedMs: number }> {
  await using mcp = new McpSupervisor();
  const startedMs = performance.now();
  const adding = mcp.addServers(configs, { startTimeoutMs: 2_500 });
  await Promise.all(EIGHT.map((name) => mcp.waitFor(name, 'ready')));
  return { elapsedMs: performance.now() - startedMs, results: await adding };
}
