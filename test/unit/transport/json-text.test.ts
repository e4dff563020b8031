import { describe, expect, it } from 'vitest';
import { holdsMoreValues } from '../../../src/transport/json-text.ts';

describe('the values of a JSON text', () => {
  it.each([
    ['elements', '[1,2,3,4,5,6,7,8,9]'],
    ['empty arrays', '[[],[],[],[],[]]'],
    ['members', '{"a":{"b":{"c":{"d":1}}},"e":2}'],
  ])('are counted when they are %s', (_, text) => {
    const counted = (max: number): boolean => holdsMoreValues(text, max);

    expect([counted(3), counted(100)]).toEqual([true, false]);
  });

  it.each(['"[[[[,,,,{{{{"', String.raw`["\"[[[[[[[[[", "\\", "[,{"]`, String.raw`{"a\\\"[[[[[[[[[":1}`])(
    'are none inside of a string: %s',
    (text) => {
      expect(holdsMoreValues(text, 4)).toBe(false);
    },
  );

  it('of a text that is no JSON are counted as far as they go', () => {
    expect(holdsMoreValues('"[[[[[[[[[[', 2)).toBe(false);
    expect(holdsMoreValues('[[[[[[[[[[', 2)).toBe(true);
  });
});
