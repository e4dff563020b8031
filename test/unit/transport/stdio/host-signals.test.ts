import { describe, expect, it, onTestFinished } from 'vitest';
import { watchForLeaks } from '../../../ground/leaks.ts';
import { openPuppet } from './puppet.ts';

watchForLeaks();

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

const counts = (): number[] => SIGNALS.map((signal) => process.listenerCount(signal));

describe('signals of the host', () => {
  it('have one listener of ours each while servers live, and none before and after', async () => {
    const before = counts();
    const [first, second] = [await openPuppet(), await openPuppet()];
    const during = before.map((count) => count + 1);
    expect(counts()).toEqual(during);
    await first.carrier.release();
    expect(counts()).toEqual(during);
    process.kill(second.pid, 'SIGKILL');
    await second.closed;
    expect(counts()).toEqual(before);
    await second.carrier.release();
  });

  it('have none with handleSignals: false', async () => {
    const before = counts();
    const processes = { handleSignals: false, ledger: false, report: () => {} } as const;
    const puppet = await openPuppet({ processes });
    expect(counts()).toEqual(before);
    await puppet.carrier.release();
  });

  it('reach the listeners of the host as if ours were not there, and leave the servers alone', async () => {
    const alone = counts()[2];
    const puppet = await openPuppet({ flags: ['--ignore-eof', '--ignore-term'] });
    let seen: number | undefined;
    const heard = new Promise<void>((resolve) => {
      const listener = (): void => {
        seen = process.listenerCount('SIGHUP');
        resolve();
      };
      process.on('SIGHUP', listener);
      onTestFinished(() => void process.off('SIGHUP', listener));
    });
    process.kill(process.pid, 'SIGHUP');
    await heard;
    expect(seen).toBe((alone ?? 0) + 1);
    // Ours is back at once: the host lives on, and so do its servers.
    expect(process.listenerCount('SIGHUP')).toBe((alone ?? 0) + 2);
    expect(puppet.faults).toEqual([]);
    await puppet.carrier.release();
  });
});
