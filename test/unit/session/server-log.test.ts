import { describe, expect, it } from 'vitest';
import { ServerLog } from '../../../src/session/server-log.ts';
import { SimulatedClock } from '../../../src/testing/simulated-clock.ts';

const scrub = (text: string) => text.replaceAll('canary', '***');

describe('the log of a server', () => {
  it('is shown without secrets, in keys and numbers neither', () => {
    const log = new ServerLog(new SimulatedClock(), scrub, 10);
    expect(log.take({ level: 'error', logger: 'db canary', data: { canary: ['a canary', 1] } })).toEqual({
      level: 'error',
      logger: 'db ***',
      data: { '***': ['a ***', 1] },
    });
  });

  it('is cut', () => {
    const log = new ServerLog(new SimulatedClock(), scrub, 10);
    const shown = log.take({ level: 'info', logger: 'x'.repeat(10_000), data: 'y'.repeat(1_000_000) });
    expect(shown?.logger).toHaveLength(256);
    expect(JSON.stringify(shown).length).toBeLessThan(9_000);
  });

  it('is shown so many times a second, and says how many were dropped', async () => {
    const clock = new SimulatedClock();
    const log = new ServerLog(clock, scrub, 3);
    const shown = Array.from({ length: 10 }, (_, data) => log.take({ level: 'info', data })).filter(Boolean);
    expect(shown.map((each) => each?.data)).toEqual([0, 1, 2]);
    await clock.advance(1_000);
    expect(log.take({ level: 'info', data: 'later' })).toEqual({ level: 'info', data: 'later', dropped: 7 });
    expect(log.take({ level: 'info', data: 'last' })).toEqual({ level: 'info', data: 'last' });
  });
});
