import { describe, expect, it } from 'vitest';
import { type CaseResult, ratioOf } from '../../../bench/figures/results.ts';
import { estimate, median, quantile } from '../../../bench/figures/statistics.ts';
import { judge, noiseOf } from '../../../bench/figures/verdicts.ts';
import type { Scenario } from '../../../bench/scenario.ts';

const scenario: Scenario = {
  id: 's',
  title: 'S',
  about: '',
  cases: [{ id: 'c', label: 'C', transport: 'stdio' }],
  figures: [{ id: 'f', label: 'F', unit: 'µs', better: 'less' }],
  full: { sittings: 1, rounds: 1 },
  open: () => Promise.reject(new Error('is not played')),
};

function measured(
  own: readonly (number | null)[],
  base: readonly number[],
  twin: readonly number[] = base,
): CaseResult {
  const values = { f: { supervisor: own, 'raw-v1': base, 'raw-v1-again': twin } };
  return { scenario: 's', case: 'c', values, failures: {} };
}

describe('the statistics', () => {
  it('take the nearest rank, and of an even number the mean of the two in the middle', () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(quantile([3, 1, 2, 4], 0.99)).toBe(4);
    expect(quantile([3, 1, 2, 4], 0.5)).toBe(2);
  });

  it('give the interval of the median by ranks', () => {
    const values = Array.from({ length: 100 }, (_, index) => index + 1);

    expect(estimate(values)).toEqual({ median: 50.5, low: 41, high: 60, count: 100 });
  });
});

describe('a ratio', () => {
  it('is taken within rounds: what slows a whole round down does not count', () => {
    expect(ratioOf(measured([1, 10, 100], [2, 20, 200]), 'f', 'supervisor', 'raw-v1')?.median).toBe(0.5);
  });

  it('leaves out rounds in which one of the two did not measure', () => {
    expect(ratioOf(measured([1, null, 3], [1, 1, 1]), 'f', 'supervisor', 'raw-v1')?.count).toBe(2);
  });
});

describe('a verdict', () => {
  const bound = { scenario: 's', case: 'c', figure: 'f', atMost: 1 };

  it('is not clearly missed by what is met, however loud the noise is', () => {
    const [verdict] = judge([bound], [measured([0.9, 0.9], [1, 1])], [scenario], 2.4);

    expect([verdict?.isMet, verdict?.isClearlyMissed]).toEqual([true, false]);
  });

  it('is missed by the median, and clearly only when the whole interval is beyond the slack', () => {
    const [unclear] = judge([bound], [measured([0.9, 1.2, 1.3], [1, 1, 1])], [scenario], 0.05);
    const [clear] = judge([bound], [measured([1.1, 1.2, 1.3], [1, 1, 1])], [scenario], 0.05);

    expect([unclear?.isMet, unclear?.isClearlyMissed]).toEqual([false, false]);
    expect([clear?.isMet, clear?.isClearlyMissed]).toEqual([false, true]);
  });

  it('is missed when the subject failed, and not when it did not take part', () => {
    const absent: CaseResult = { ...measured([], [1]), failures: {} };
    const failed: CaseResult = { ...absent, failures: { supervisor: 'ended' } };

    expect(judge([bound], [absent], [scenario])[0]?.hasFailed).toBe(false);
    expect(judge([bound], [failed], [scenario])[0]?.hasFailed).toBe(true);
  });

  it('says that a run is noisy when the base is not like itself', () => {
    const noisy = noiseOf([measured([1], [1, 1], [1.1, 1.1])], [scenario]);
    const quiet = noiseOf([measured([1], [1, 1], [1.01, 1.01])], [scenario]);

    expect([noisy[0]?.isQuiet, quiet[0]?.isQuiet]).toEqual([false, true]);
  });
});
