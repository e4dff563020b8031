import { describe, expect, it } from 'vitest';
import { staggeredRelease } from '../../../src/policy/staggered-release.ts';

const server = (name: string, priority = 0) => ({ name, priority });
const BOUNDS = { staggerMs: 100, totalMs: 1_000 };

/** Each name with its delay, as `name 0`. */
function released(items: readonly ReturnType<typeof server>[], draw: number, bounds = BOUNDS): string[] {
  return staggeredRelease(items, bounds, () => draw).map(({ item, delayMs }) => `${item.name} ${delayMs}`);
}

describe('servers that are released together', () => {
  it('come one by one: the higher priority first, then in the order of their start', () => {
    const items = [server('a'), server('b', 5), server('c'), server('d', -1), server('e', 5)];

    expect(released(items, 0)).toEqual(['b 0', 'e 100', 'a 200', 'c 300', 'd 400']);
  });

  it('have a jitter below one step', () => {
    expect(released([server('a'), server('b')], 0.999)).toEqual(['a 99', 'b 199']);
  });

  it('are all released within the total, however many there are', () => {
    const many = Array.from({ length: 1_000 }, (_, index) => server(String(index)));

    const delays = staggeredRelease(many, BOUNDS, () => 0.999).map(({ delayMs }) => delayMs);

    expect(Math.max(...delays)).toBeLessThan(BOUNDS.totalMs);
    expect(delays).toEqual(delays.toSorted((one, other) => one - other));
  });

  it('may be none', () => {
    expect(released([], 0)).toEqual([]);
  });
});
