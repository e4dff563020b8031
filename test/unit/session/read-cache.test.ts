import { describe, expect, it } from 'vitest';
import { ReadCache } from '../../../src/session/read-cache.ts';

const reading = (text: string, uri = 'test://a') => ({ contents: [{ uri, text }] });
const MAX_BYTES = 10_000;

describe('what was read', () => {
  it('is had again under its own URI, until its time is over', () => {
    const cache = new ReadCache();
    cache.put('test://a', reading('a'), 100, MAX_BYTES);

    expect(cache.get('test://a/', 0)).toBeUndefined();
    expect(cache.get('test://a', 99)).toEqual(reading('a'));
    expect(cache.get('test://a', 100)).toBeUndefined();
    expect(cache.get('test://a', 0), 'dropped').toBeUndefined();
  });

  it('is a copy, so that nobody changes what the next one gets', () => {
    const cache = new ReadCache();
    const given = reading('a');
    cache.put('test://a', given, 100, MAX_BYTES);
    given.contents.length = 0;

    cache.get('test://a', 0)?.contents.pop();

    expect(cache.get('test://a', 0)).toEqual(reading('a'));
  });

  it.each([
    ['itself', 'test://a/b', false],
    ['a part of it', 'test://a/b/c', false],
    ['what it is a part of', 'test://a', false],
    ['a neighbour', 'test://a/bc', true],
  ])('is forgotten, or not, when %s changes', (_what, changed, isKept) => {
    const cache = new ReadCache();
    cache.put('test://a/b', reading('a'), 100, MAX_BYTES);
    const { changes } = cache;

    cache.changed(changed);

    expect([cache.get('test://a/b', 0) !== undefined, cache.changes - changes]).toEqual([isKept, 1]);
  });

  it('makes room, that which was not looked up for longest first, and is not kept when it is too large', () => {
    const cache = new ReadCache();
    const uris = ['test://a', 'test://b', 'test://c'];
    for (const uri of uris.slice(0, 2)) cache.put(uri, reading('x'.repeat(2_500), uri), 100, MAX_BYTES);
    cache.get('test://a', 0);

    cache.put('test://c', reading('x'.repeat(4_000), 'test://c'), 100, MAX_BYTES);
    cache.put('test://d', reading('x'.repeat(MAX_BYTES), 'test://d'), 100, MAX_BYTES);

    expect([...uris, 'test://d'].filter((uri) => cache.get(uri, 0) !== undefined)).toEqual(['test://a', 'test://c']);
  });
});
