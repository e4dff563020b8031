import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/policy/value-size.ts';

const BOUNDS = { maxBytes: 1_000, maxDepth: 10 };

describe('sizeOf', () => {
  it.each([
    ['a text', 'hello'],
    ['a tool', { name: 'a', inputSchema: { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] } }],
    ['an array', [[], {}, null, 'x']],
  ])('measures %s about as its JSON is long', (_, value) => {
    const size = sizeOf(value, BOUNDS);

    expect(size.kind === 'within' && Math.abs(size.bytes - JSON.stringify(value).length)).toBeLessThan(8);
  });

  it('lets exactly so many levels pass', () => {
    const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

    expect([sizeOf(deep(10), BOUNDS).kind, sizeOf(deep(11), BOUNDS).kind]).toEqual(['within', 'too-deep']);
  });

  it('survives a nesting that no recursion would', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`);

    expect(sizeOf(deep, { maxBytes: 1e9, maxDepth: 1_000_000 }).kind).toBe('within');
    expect(sizeOf(deep, BOUNDS).kind).toBe('too-deep');
  });

  it('says that it is too large before it has looked at all of it', () => {
    let looked = 0;
    const wide = Object.defineProperties(
      {},
      Object.fromEntries(
        Array.from({ length: 1_000 }, (_, index) => [
          `p${index}`,
          { enumerable: true, get: () => ((looked += 1), 'x'.repeat(10)) },
        ]),
      ),
    );

    expect(sizeOf(wide, BOUNDS).kind).toBe('too-large');
    expect(looked).toBeLessThan(200);
  });

  it('counts a key named __proto__ like any other', () => {
    const value: unknown = JSON.parse(`{"__proto__":"${'x'.repeat(2_000)}"}`);

    expect(sizeOf(value, BOUNDS).kind).toBe('too-large');
  });
});
