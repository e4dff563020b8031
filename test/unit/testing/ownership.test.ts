import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chanceOf } from '../../../src/testing/chance.ts';
import { watchLeaks } from '../../../src/testing/leaks/leak-watch.ts';
import { scriptedStdio, startScripted } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw } from '../../ground/raw-client.ts';

watchForLeaks();

describe('a scripted server that is disposed of', () => {
  it('removes its files, and what its journal holds can still be read', async () => {
    const server = scriptedStdio();
    const raw = await connectRaw(server.config);
    await raw.callText('echo', { text: 'x' });
    await raw[Symbol.asyncDispose]();

    await server[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();

    expect(existsSync(server.journal.file)).toBe(false);
    expect(server.journal.executions('tools/call', 'echo')).toBe(1);
  });

  it('removes their directory with the last one', async () => {
    const one = scriptedStdio();
    const other = await startScripted('sse');
    const directory = dirname(one.journal.file);
    expect(dirname(other.journal.file)).toBe(directory);

    await other[Symbol.asyncDispose]();
    expect(existsSync(directory)).toBe(true);
    await one[Symbol.asyncDispose]();

    expect(existsSync(directory)).toBe(false);
  });
});

describe('a leak watch', () => {
  it('rejects with the name of what is left, and not when it is gone', async () => {
    const leaks = watchLeaks();
    const timer = setTimeout(() => {}, 1e6);

    await expect(leaks.assertNone(20)).rejects.toThrow(
      'timer of 1000000 ms set at /test/unit/testing/ownership.test.ts',
    );
    clearTimeout(timer);

    await expect(leaks.assertNone()).resolves.toBeUndefined();
    await expect(leaks.find()).resolves.toEqual([]);
  });

  it('does not let what went before hide what came after', async () => {
    const listener = (): void => {};
    process.on('SIGUSR2', listener);
    const leaks = watchLeaks();
    process.off('SIGUSR2', listener);
    leaks.settle();
    process.on('SIGUSR2', listener);

    await expect(leaks.find(20)).resolves.toEqual(["listener on process 'SIGUSR2'"]);
    process.off('SIGUSR2', listener);
  });
});

describe('chance of a seed', () => {
  it('is the same for the same seed, another for another, and independent by branch', () => {
    const drawn = (seed: number, branch?: number) => {
      const chance = chanceOf(seed, branch);
      return Array.from({ length: 8 }, () => chance.whole(1, 1_000_000));
    };

    expect(drawn(5)).toEqual(drawn(5));
    expect(drawn(5)).not.toEqual(drawn(6));
    expect(drawn(5, 1)).not.toEqual(drawn(5));
  });

  it('stays in its bounds', () => {
    const chance = chanceOf(1);
    for (let count = 0; count < 10_000; count += 1) {
      const next = chance.next();
      if (next < 0 || next >= 1) expect.unreachable();
    }
    expect(new Set(Array.from({ length: 200 }, () => chance.pick(['a', 'b'])))).toEqual(new Set(['a', 'b']));
  });
});
