/** A call that failed says what is known of its execution, and nothing is ever executed twice. */

import { expect } from 'vitest';
import { scratchFile } from '../../../src/testing/scratch.ts';
import { commitsIn, expectCleanEpochs } from '../evidence.ts';
import { ONE, rejection, Stand } from '../stand.ts';
import type { Suite } from '../suite.ts';
import type { ServerUnderTest } from '../transport-under-test.ts';

/** From the call to its failure, when no reply can come any more. */
const LOST_MS = { stdio: 600, sse: 250, streamable_http: 250, in_process: 250 } as const;

export const outcomeSuite: Suite = ({ transport, verifies }) => {
  verifies('outcome:exit:once', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await commit(stand, server, 'exit');

    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1, retryable: false });
    await server.kill().catch(() => undefined);
    await server.revive();
    await expectNoMore(stand, server);
  });

  verifies('outcome:cut:once', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error, elapsedMs } = await commit(stand, server, 'cut');

    const lost = {
      stdio: 'pipe-closed',
      sse: 'stream-ended',
      streamable_http: 'reply-lost',
      in_process: 'stream-ended',
    }[transport.kind];
    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1, fault: { kind: lost } });
    expect(elapsedMs).toBeLessThan(LOST_MS[transport.kind]);
    await expectNoMore(stand, server);
    // The stream of one reply is not the session.
    if (transport.kind === 'streamable_http') expect(stand.states()).toHaveLength(3);
  });

  verifies('outcome:reset:once', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error, elapsedMs } = await commit(stand, server, 'reset');

    expect(error).toMatchObject({ code: 'CONNECTION_LOST', outcome: 'unknown', attempts: 1 });
    expect(elapsedMs).toBeLessThan(LOST_MS[transport.kind]);
    await expectNoMore(stand, server);
  });

  verifies('outcome:hang:once', async () => {
    await using server = await transport.start();
    await using stand = new Stand();
    await stand.add(server);

    const { error } = await commit(stand, server, 'hang');

    expect(error).toMatchObject({ code: 'CALL_TIMEOUT', outcome: 'unknown', attempts: 1, retryable: false });
    await expectNoMore(stand, server);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  verifies('outcome:busy:repeated', async () => {
    const busy = { on: 'tools/call:commit', do: 'status', times: 1, headers: { 'retry-after': '1' } } as const;
    await using server = await transport.start({
      faults: [
        { ...busy, status: 429 },
        { ...busy, status: 503, headers: { 'retry-after': '0' } },
      ],
    });
    await using stand = new Stand();
    await stand.add(server);
    const file = scratchFile('commits');

    const startedMs = performance.now();
    expect(await stand.text('commit', { file })).toBe('committed');

    expect(performance.now() - startedMs).toBeGreaterThan(900);
    expect(commitsIn(file)).toBe(1);
    const retried = stand.events.filter((event) => event.type === 'call.retried');
    expect(retried.map(({ attempt, outcome }) => `${attempt} ${outcome}`)).toEqual(['1 refused', '2 refused']);
    expect(stand.states()).toEqual(['1 connecting', '1 initializing', '1 ready']);
  });

  verifies('outcome:busy:deadline', async () => {
    const headers = { 'retry-after': '60' };
    await using server = await transport.start({
      faults: [{ on: 'tools/call:commit', do: 'status', status: 503, headers }],
    });
    await using stand = new Stand();
    await stand.add(server);
    const file = scratchFile('commits');

    const { error, elapsedMs } = await rejection(stand.mcp.callTool(ONE, 'commit', { file }, { timeoutMs: 5_000 }));

    const fault = { kind: 'http-status', status: 503, retryAfterMs: 60_000 };
    expect(error).toMatchObject({ code: 'CALL_REFUSED', outcome: 'refused', retryable: true, fault });
    expect(elapsedMs).toBeLessThan(500);
    expect(commitsIn(file)).toBe(0);
  });
};

const files = new WeakMap<Stand, string>();

/** Call a tool that has its effect and then goes wrong. */
async function commit(stand: Stand, server: ServerUnderTest, ending: 'exit' | 'cut' | 'reset' | 'hang') {
  const file = scratchFile('commits');
  files.set(stand, file);
  const rejected = await rejection(stand.mcp.callTool(ONE, 'commit', { file, ending }, { timeoutMs: 1_000 }));
  expect(commitsIn(file), 'it was executed').toBe(1);
  expect(server.journal.entries({ kind: 'committed' })).toHaveLength(1);
  return rejected;
}

/** Whatever comes back serves, and did not repeat what was executed. */
async function expectNoMore(stand: Stand, server: ServerUnderTest): Promise<void> {
  expect(await stand.text('echo', { text: 'next' })).toBe('next');
  expect(commitsIn(files.get(stand) ?? '')).toBe(1);
  expect(server.journal.executions('tools/call', 'commit')).toBe(1);
  expect(server.journal.entries({ kind: 'message', name: 'commit' })).toHaveLength(1);
  // The next call may meet the session that is gone, and is sent again because it was refused.
  const retried = stand.events.filter((event) => event.type === 'call.retried');
  expect(retried.filter(({ outcome }) => outcome !== 'refused')).toEqual([]);
  expectCleanEpochs(server);
}
