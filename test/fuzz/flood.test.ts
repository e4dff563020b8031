/** A server that writes as fast as it can ends its own epoch, and keeps nobody else from being served meanwhile. */

import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { McpSupervisor, type RuntimeEvent } from '../../src/index.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { openMouth } from './mouth.ts';

watchForLeaks();

const PROGRAM = fileURLToPath(new URL('flooding-server.mjs', import.meta.url));
/** Without its bound each of these stops the host for seconds. */
const BYSTANDER_MS = 2_500;
const WITHOUT_PAUSE = { stdinGraceMs: 100, termGraceMs: 100, backoff: { baseMs: 600_000, maxMs: 600_000 } };

async function besideFlood(
  line: string,
  pipe: 'stdout' | 'stderr',
  look: (mcp: McpSupervisor, fault: Promise<unknown>) => Promise<void>,
): Promise<number> {
  await using bystander = await openMouth('streamable_http');
  await using mcp = new McpSupervisor({ ledger: false, handleSignals: false });
  await mcp.addServer({ ...bystander.config, name: 'bystander' });
  await mcp.callTool('bystander', 'polite');
  const fault = new Promise((resolve) => {
    mcp.on('state', ({ to, cause }) => {
      if (to === 'reconnecting') resolve(cause);
    });
  });
  const args = [PROGRAM, line, pipe];
  // Low enough that a busy machine floods as well.
  const limits = { maxMessagesPerSecond: 1_000 };
  const flooding = { name: 'flooding', transport: 'stdio', command: process.execPath, args, limits } as const;
  await mcp.addServer({ ...flooding, ...WITHOUT_PAUSE });
  // It begins with the call, and never answers it.
  void mcp.callTool('flooding', 'a').catch(() => undefined);
  let longestMs = 0;
  const until = performance.now() + 1_000;
  while (performance.now() < until) {
    const startedMs = performance.now();
    await mcp.callTool('bystander', 'polite');
    longestMs = Math.max(longestMs, performance.now() - startedMs);
  }
  await look(mcp, fault);
  return longestMs;
}

describe('a flood of', () => {
  it.each([
    ['notifications', '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}', 'messages'],
    ['replies that nobody waits for', '{"jsonrpc":"2.0","id":"never","result":{}}', 'messages'],
    ['lines that are no JSON', 'y', 'lines that are no messages'],
    ['empty lines', '', 'lines that are no messages'],
  ])('%s costs the server its epoch, and others no more than a moment', async (_, line, what) => {
    const longestMs = await besideFlood(line, 'stdout', async (_mcp, fault) => {
      expect(await fault).toEqual({ kind: 'flooded', what });
    });

    expect(longestMs).toBeLessThan(BYSTANDER_MS);
  });

  it('lines on stderr is read to its end, and its last lines are kept', async () => {
    const longestMs = await besideFlood('y', 'stderr', async (mcp) => {
      expect(mcp.getServerInfo('flooding')).toMatchObject({ state: 'ready', epoch: 1 });
      expect(mcp.explain('flooding').stderr).toEqual(Array.from({ length: 20 }, () => 'y'));
    });

    expect(longestMs).toBeLessThan(BYSTANDER_MS);
  });
});

describe('a server within the bound', () => {
  it('may say what it likes', async () => {
    await using mouth = await openMouth('stdio');
    await using mcp = new McpSupervisor({ ledger: false, handleSignals: false });
    const events: RuntimeEvent['type'][] = [];
    const text = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info"}}\n'.repeat(500);
    mouth.tell({ name: 'a log', point: 'tools/call', utterance: { text, cuts: [], then: 'reply', as: 'events' } });
    await mcp.addServer({ ...mouth.config, name: 'talking', limits: { maxMessagesPerSecond: 2_000 } });
    mcp.on('*', ({ type }) => events.push(type));

    for (let time = 0; time < 3; time += 1) await mcp.callTool('talking', 'polite');

    expect(events).toEqual([]);
  });
});
