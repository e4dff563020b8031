import { describe, expect, it } from 'vitest';
import { shortened } from '../../../src/link/short-list.ts';

const isNumber = (value: unknown) => typeof value === 'number';
const longList = (...wrong: unknown[]) => [...Array.from({ length: 1_000 }, (_, index) => index), ...wrong];

describe('a result whose list is looked at', () => {
  it('is left with the first wrong item of a long list', () => {
    const result = { items: longList('first', 'second'), next: 'page' };

    expect(shortened(result, 'items', isNumber)).toEqual({ items: ['first'], next: 'page' });
  });

  it('is looked at no further than that item', () => {
    const seen: unknown[] = [];
    shortened({ items: ['first', ...longList()] }, 'items', (each) => {
      seen.push(each);
      return isNumber(each);
    });

    expect(seen).toEqual(['first']);
  });

  it.each([
    ['whose long list is right', { items: longList() }],
    ['whose list is short', { items: ['first', 'second'] }],
    ['without a list there', { items: 'none' }],
    ['that is no object', 'none'],
    ['that is nothing', null],
  ])('stays as it is: one %s', (_, result) => {
    expect(shortened(result, 'items', isNumber)).toBe(result);
  });
});
