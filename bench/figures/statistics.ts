/** The few statistics that are needed, none of which assumes how values are distributed. */

/** A median, and the interval in which the true one lies with 95 % confidence. */
export interface Estimate {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The value below which that part of the values lies; the nearest rank. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(part * sorted.length) - 1))] ?? Number.NaN;
}

/** The value in the middle; of an even number of values, the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? Number.NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? Number.NaN) + upper) / 2 : upper;
}

/** Estimate the median by order statistics; of fewer than six values, the interval is their range. */
export function estimate(values: readonly number[]): Estimate {
  const sorted = [...values].sort((a, b) => a - b);
  const { length } = sorted;
  const reach = (1.96 * Math.sqrt(length)) / 2;
  const rank = Math.max(0, Math.floor(length / 2 - reach));
  return {
    median: median(sorted),
    low: sorted[rank] ?? Number.NaN,
    high: sorted[length - 1 - rank] ?? Number.NaN,
    count: length,
  };
}
