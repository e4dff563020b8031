import { describe, expect, it } from 'vitest';
import { challengeOf } from '../../../src/authorization/challenge.ts';

function challenge(text: string | undefined) {
  return challengeOf({ status: 401, header: (name) => (name === 'www-authenticate' ? text : undefined) });
}

const URL = 'https://wiki.example/.well-known/oauth-protected-resource';

describe('challengeOf', () => {
  it.each([
    ['nothing', undefined, {}],
    ['a bare scheme', 'Bearer', {}],
    ['quoted values', `Bearer resource_metadata="${URL}", scope="a b"`, { resourceMetadataUrl: URL, scope: 'a b' }],
    ['plain values', 'Bearer error=insufficient_scope,scope=a', { error: 'insufficient_scope', scope: 'a' }],
    ['any case', 'bearer Error="invalid_token"', { error: 'invalid_token' }],
    ['escapes', 'Bearer scope="a\\"b"', { scope: 'a"b' }],
    ['a comma in a value', 'Bearer error_description="no, never", scope="a"', { scope: 'a' }],
    ['another scheme before', 'Basic realm="x, scope=y", Bearer scope="a"', { scope: 'a' }],
    ['another scheme after', 'DPoP error="use_dpop_nonce", Basic realm="x", scope="y"', { error: 'use_dpop_nonce' }],
    ['only another scheme', 'Basic realm="x", scope="y"', {}],
    ['a name that ends like one', 'Bearer x_scope="y", scope="a"', { scope: 'a' }],
    ['a value that looks like a parameter', 'Bearer realm="scope=\\"y\\"", scope="a"', { scope: 'a' }],
    ['a URL that is none', 'Bearer resource_metadata="here"', {}],
    ['a parameter twice', 'Bearer scope="a", scope="b"', { scope: 'a' }],
    ['spaces around', 'Bearer  scope = "a" ,error="x"', { scope: 'a', error: 'x' }],
    ['garbage', '"", ,=,,Bearer"x"=', {}],
  ])('reads %s', (_, text, expected) => {
    expect(challenge(text)).toEqual(expected);
  });

  it('takes no time over what is long and hostile', () => {
    const startMs = performance.now();

    challenge(`Bearer ${'a="\\'.repeat(100_000)}`);
    challenge(`${' ,'.repeat(100_000)}x`);
    challenge(`Bearer ${'a '.repeat(100_000)}`);

    expect(performance.now() - startMs).toBeLessThan(1_000);
  });
});
