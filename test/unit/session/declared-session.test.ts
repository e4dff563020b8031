import { describe, expect, it } from 'vitest';
import { DeclaredSession } from '../../../src/session/declared-session.ts';
import { digestOf } from '../../../src/session/resource-digest.ts';

describe('the declared session', () => {
  it.each([
    ['test://a/b', 'test://a/b'],
    ['test://a/b', 'test://a/b/c/d'],
    ['test://a/', 'test://a/c'],
  ])('finds the subscription %s around an update of %s', (subscribed, updated) => {
    const session = new DeclaredSession({});
    session.subscribe(subscribed);
    expect(session.resourceAround(updated)?.uri).toBe(subscribed);
  });

  it.each(['test://a/bc', 'test://a', '', 'test://b/a'])('finds none around an update of %j', (updated) => {
    const session = new DeclaredSession({});
    session.subscribe('test://a/b');
    expect(session.resourceAround(updated)).toBeUndefined();
  });

  it('looks at no more of what a server sends than is sensible', () => {
    const session = new DeclaredSession({});
    session.subscribe('test://a');
    expect(session.resourceAround(`test://a${'/x'.repeat(1_000_000)}`)).toBeUndefined();
  });

  it('keeps what a new configuration is silent about', () => {
    const session = new DeclaredSession({ loggingLevel: 'error', roots: [{ uri: 'file:///a' }] });
    session.subscribe('test://a');
    session.adopt({ loggingLevel: 'debug' });
    expect([session.loggingLevel, session.roots, session.resources.map(({ uri }) => uri)]).toEqual([
      'debug',
      [{ uri: 'file:///a' }],
      ['test://a'],
    ]);
  });
});

describe('the digest of a resource', () => {
  const text = (content: string) => ({ contents: [{ uri: 'test://a', text: content }] });

  it('tells contents apart', () => {
    expect(digestOf(text('a'), 100)).toBe(digestOf(text('a'), 100));
    expect(digestOf(text('a'), 100)).not.toBe(digestOf(text('b'), 100));
  });

  it('is not taken of what is too large', () => {
    expect(digestOf(text('x'.repeat(101)), 100)).toBeUndefined();
    expect(digestOf({ contents: [{ uri: 'test://a', blob: 'eHh4' }] }, 3)).toBeUndefined();
  });
});
