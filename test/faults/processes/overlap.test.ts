/** A server that comes back is started when the one before is gone, however long that takes to go. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { McpSupervisor } from '../../../src/index.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { scratchDirectory, witness } from './host.ts';

watchForLeaks();

interface Moment {
  readonly what: 'start' | 'end';
  readonly pid: number;
  /** On the clock of the system, in nanoseconds. */
  readonly at: number;
}

function readMoments(file: string): Moment[] {
  const lines = readFileSync(file, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Moment).sort((one, other) => one.at - other.at);
}

const BACKOFF = { baseMs: 1, maxMs: 1 };

/** Start, end, start, end, …: no life begins before the one before it is over. */
function expectNoOverlap(moments: readonly Moment[], lives: number): void {
  expect(moments.map(({ what }) => what)).toEqual(Array.from({ length: lives }, () => ['start', 'end']).flat());
  for (let life = 0; life < lives; life += 1) expect(moments[2 * life]?.pid).toBe(moments[2 * life + 1]?.pid);
}

describe('server that comes back', () => {
  it('never overlaps the process before when that closes its stdout and takes its time to leave', async () => {
    const times = join(scratchDirectory(), 'times');
    await using mcp = new McpSupervisor({ ledger: false });
    const more = { backoff: BACKOFF, stdinGraceMs: 5_000 };
    await mcp.addServer(witness('slow', times, ['--slow-end'], more));
    for (const epoch of [2, 3]) {
      const back = new Promise<void>((resolve) => {
        const unlisten = mcp.on('state', (change) => {
          if (change.epoch !== epoch || change.to !== 'ready') return;
          unlisten();
          resolve();
        });
      });
      await expect(mcp.callTool('slow', 'close-stdout', {}, { retry: 'never' })).rejects.toThrow();
      await back;
    }
    await mcp.close();
    expectNoOverlap(readMoments(times), 3);
  });

  it('never overlaps the process before when its launcher is killed under it', async () => {
    const times = join(scratchDirectory(), 'times');
    await using mcp = new McpSupervisor({ ledger: false });
    await mcp.addServer(
      witness('orphan', times, ['--slow-end', '--ignore-eof'], { inShell: true, backoff: BACKOFF, termGraceMs: 5_000 }),
    );
    const before = mcp.getServerInfo('orphan');
    const back = new Promise<void>((resolve) => {
      mcp.on('state', ({ epoch, to }) => (epoch === 2 && to === 'ready' ? resolve() : undefined));
    });
    process.kill(before?.pid ?? Number.NaN, 'SIGKILL');
    await back;
    await mcp.close();
    expectNoOverlap(readMoments(times), 2);
  });
});
