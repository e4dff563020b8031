import { expect, it } from 'vitest';
import { ExpectedPages } from '../../../src/asking/expected-pages.ts';
import { DEFAULTS } from '../../../src/config/defaults.ts';

it('knows the pages that are expected, each once, and no more than so many', () => {
  const pages = new ExpectedPages();
  for (let id = 0; id <= DEFAULTS.maxExpectedPages; id += 1) pages.expect(String(id));
  pages.expect('x'.repeat(1_025));

  expect([pages.settle('0'), pages.settle('1'), pages.settle('1'), pages.settle('unknown')]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(pages.settle('x'.repeat(1_025))).toBe(false);
});
