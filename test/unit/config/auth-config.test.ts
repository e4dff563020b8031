import { describe, expect, it } from 'vitest';
import { parseServerConfig } from '../../../src/config/parse.ts';
import { createScrubber, redactConfig } from '../../../src/config/redaction.ts';
import { ConfigError } from '../../../src/errors.ts';

const INTERACTIVE = { type: 'authorization-code', redirectUrl: 'http://127.0.0.1:3000/callback' };
const MACHINE = { type: 'client-credentials', clientId: 'me', clientSecret: 'canary-client-secret' };

const config = (auth: unknown, more: object = {}) => ({
  name: 'wiki',
  transport: 'streamable_http',
  url: 'https://wiki.example/mcp',
  auth,
  ...more,
});

function issuesOf(input: unknown): string[] {
  try {
    parseServerConfig(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.issues.map((issue) => `${issue.path}: ${issue.message}`);
  }
  return [];
}

describe('auth', () => {
  it.each([
    ['a person', INTERACTIVE],
    ['a page of the host', { ...INTERACTIVE, redirectUrl: 'https://me.example/callback' }],
    ['a redirect to localhost', { ...INTERACTIVE, redirectUrl: 'http://localhost:3000/callback' }],
    ['a private redirect', { ...INTERACTIVE, redirectUrl: 'com.example.agent:/callback' }],
    [
      'everything else',
      {
        ...INTERACTIVE,
        clientMetadataUrl: 'https://me.example/client.json',
        scopes: ['a'],
        issuer: 'https://a.example',
        account: 'x',
        dpop: true,
      },
    ],
    ['a secret', MACHINE],
    ['a key', { type: 'private-key-jwt', clientId: 'me', privateKey: 'pem', algorithm: 'ES256' }],
    ['a function', { type: 'custom-grant', tokenRequest: () => ({}) }],
  ])('takes %s', (_, auth) => {
    expect(issuesOf(config(auth))).toEqual([]);
  });

  const types = '"authorization-code", "client-credentials", "private-key-jwt" or "custom-grant"';
  it.each([
    ['no type', {}, [`auth.type: is missing; it must be ${types}`]],
    ['another type', { type: 'password' }, [`auth.type: must be ${types}`]],
    ['no object', 'oauth', ['auth: must be an object']],
    ['no redirect', { type: 'authorization-code' }, ['auth.redirectUrl: is missing']],
    [
      'a redirect into a page',
      { ...INTERACTIVE, redirectUrl: 'javascript:alert(1)' },
      ['auth.redirectUrl: must be a URL without a fragment'],
    ],
    [
      'a redirect without TLS',
      { ...INTERACTIVE, redirectUrl: 'http://me.example/callback' },
      ['auth.redirectUrl: must be https, unless it is this host'],
    ],
    ['an unknown field', { ...INTERACTIVE, scope: 'a' }, ['auth.scope: is not a field of auth']],
    ['scopes in one text', { ...INTERACTIVE, scopes: ['a b'] }, ['auth.scopes[0]: must be a scope without blanks']],
    [
      'a document without TLS',
      { ...INTERACTIVE, clientMetadataUrl: 'http://me.example/x' },
      ['auth.clientMetadataUrl: must be an https URL with a path'],
    ],
    [
      'a secret without its id',
      { ...INTERACTIVE, clientSecret: 'x' },
      ['auth.clientSecret: needs clientId, whose secret it is'],
    ],
    [
      'two ids',
      { ...INTERACTIVE, clientId: 'x', clientMetadataUrl: 'https://me.example/x' },
      ['auth.clientMetadataUrl: is an id too; give it or clientId'],
    ],
    ['no function', { type: 'custom-grant', tokenRequest: 'x' }, ['auth.tokenRequest: must be a function']],
  ])('explains %s', (_, auth, lines) => {
    expect(issuesOf(config(auth))).toEqual(lines);
  });

  it('takes no header in its place, and no process', () => {
    expect(issuesOf(config(INTERACTIVE, { headers: { authorization: 'x' } }))).toEqual([
      'headers.authorization: is what auth is for; give one of them',
    ]);
    expect(issuesOf({ name: 'x', transport: 'stdio', command: 'node', auth: INTERACTIVE })).toEqual([
      'auth: does not belong to a stdio server, only to sse and streamable_http',
    ]);
  });

  it('is shown without its secrets, which are taken out of what a server writes', () => {
    const secretive = parseServerConfig(config(MACHINE));
    const signing = { type: 'private-key-jwt', clientId: 'me', privateKey: 'canary-private-key', algorithm: 'ES256' };
    const custom = { type: 'custom-grant', tokenRequest: () => ({}), clientId: 'me', clientSecret: 'canary-x' };

    for (const auth of [MACHINE, signing, custom]) {
      expect(JSON.stringify(redactConfig(parseServerConfig(config(auth))))).not.toContain('canary');
    }
    expect(structuredClone(redactConfig(parseServerConfig(config(custom))))).toMatchObject({
      auth: { type: 'custom-grant', clientId: 'me', clientSecret: '[redacted]' },
    });
    expect(createScrubber(secretive)('with canary-client-secret')).toBe('with [redacted]');
  });
});
