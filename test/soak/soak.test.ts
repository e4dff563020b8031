/** A short soak with a fixed seed: the long one is `npm run soak`. */

import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { formatReport } from './report.ts';
import { runSoak } from './soak.ts';

watchForLeaks();

const SEED = 20_260;

it('every call ends once and truly while servers of all transports are killed, frozen, cut and replaced', async () => {
  const report = await runSoak({ seed: SEED, durationMs: 10_000, faultPauseMs: 250 });

  expect(report.violations, formatReport(report)).toEqual([]);
  expect(report.calls.length).toBeGreaterThan(100);
  expect(report.epochCount).toBeGreaterThan(10);
}, 60_000);
