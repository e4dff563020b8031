/** Holds requirements and suites together: what is required is verified, on each transport it applies to, and once. */

import { describe, expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { citedOn } from './contract.ts';
import { REQUIREMENTS } from './requirements.ts';
import { TRANSPORTS } from './transport-under-test.ts';

watchForLeaks();

describe.each(Object.values(TRANSPORTS))('the suites on $kind', (transport) => {
  const cited = citedOn(transport);

  it('verify every requirement that applies', () => {
    const required = REQUIREMENTS.filter(({ on }) => on.includes(transport.kind)).map(({ id }) => id);

    expect(required.filter((id) => !(cited as string[]).includes(id))).toEqual([]);
  });

  it('verify each of them once', () => {
    expect(cited.filter((id, index) => cited.indexOf(id) !== index)).toEqual([]);
  });
});

describe('the requirements', () => {
  it('have ids of two colons or more, each its own', () => {
    const ids = REQUIREMENTS.map(({ id }) => id);

    expect(ids.filter((id) => !/^[a-z]+(?::[a-z-]+){2,}$/.test(id))).toEqual([]);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('say what is true and where it comes from', () => {
    const empty = REQUIREMENTS.filter(({ text, source, on }) => !(text && source && on.length > 0));

    expect(empty).toEqual([]);
    expect(REQUIREMENTS.filter(({ text }) => /\bshould\b/i.test(text))).toEqual([]);
  });
});
