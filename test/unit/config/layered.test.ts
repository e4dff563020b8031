import { describe, expect, it } from 'vitest';
import { layered } from '../../../src/config/layered.ts';

describe('the defaults of all servers', () => {
  it('are used setting by setting in a group of settings', () => {
    const defaults = { limits: { maxListEntries: 5, maxPages: 6 }, backoff: { baseMs: 1 }, callTimeoutMs: 9 };

    expect(layered(defaults, { name: 'a', limits: { maxListEntries: 7 }, backoff: { factor: 3 } })).toEqual({
      name: 'a',
      limits: { maxListEntries: 7, maxPages: 6 },
      backoff: { baseMs: 1, factor: 3 },
      callTimeoutMs: 9,
    });
  });

  it('give way to a heartbeat that is turned off, and to whatever is no object', () => {
    const config = { heartbeat: false, limits: 'no' };

    expect(layered({ heartbeat: { misses: 2 }, limits: { maxListEntries: 5 } }, config)).toEqual(config);
  });
});
