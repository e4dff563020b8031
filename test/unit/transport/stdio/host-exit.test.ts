import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { groupMembers, waitGroupGone } from '../../../../src/testing/processes.ts';
import { openPuppet, PUPPET } from './puppet.ts';

const HOST = fileURLToPath(new URL('../../../fixtures/stdio/careless-host.ts', import.meta.url));

/** Run a host that ends without closing, and read what it wrote down. */
async function runHost(way: string): Promise<{ leader?: number; server?: number; hooks?: number }[]> {
  const stdout = await new Promise<string>((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', HOST, PUPPET, way], (_error, text) => resolve(text));
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

describe('host that exits with servers alive', () => {
  it.each(['exit', 'throw'])('takes stubborn servers behind launchers with it, by %s', async (way) => {
    const [one, two, last] = await runHost(way);
    expect(last).toEqual({ hooks: 1 });
    for (const started of [one, two]) {
      expect(started?.server).toBeTypeOf('number');
      // The system delivers the signal, and takes a moment to end what it killed.
      await waitGroupGone(started?.leader ?? Number.NaN, 1_000);
      expect(groupMembers(started?.leader ?? Number.NaN)).toEqual([]);
    }
  });

  it('carries one exit hook while servers live, and none before and after', async () => {
    const before = process.listenerCount('exit');
    const first = await openPuppet();
    const second = await openPuppet();
    expect(process.listenerCount('exit')).toBe(before + 1);
    await first.carrier.release();
    expect(process.listenerCount('exit')).toBe(before + 1);
    process.kill(second.pid, 'SIGKILL');
    await second.closed;
    expect(process.listenerCount('exit')).toBe(before);
    await second.carrier.release();
  });
});
