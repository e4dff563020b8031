/** Faults of tokens and of those who issue them, each against a real authorization server. */

import type { FaultRow } from './row.ts';
import { HTTP, STREAMABLE } from './terms.ts';

const PERSON = 'test/authorization/authorization-code.test.ts';
const LIFE = 'test/authorization/token-life.test.ts';
const REFUSALS = 'test/authorization/refusals.test.ts';
const SHARED = 'test/authorization/shared-store.test.ts';

/** Authorization. */
export const AUTHORIZATION: readonly FaultRow[] = [
  {
    id: 'token:none',
    title: 'A person has to authorize this client',
    on: HTTP,
    sees: 'parked by `auth-required`, event `authorization.required`; ready after `authorize(name)`',
    faults: ['auth-required'],
    verified: { file: PERSON, test: 'is parked until that was done, and then serves' },
  },
  {
    id: 'token:expired',
    title: 'The token has expired, and ten calls meet that together',
    on: STREAMABLE,
    sees: 'one refresh, and every call is answered',
    verified: { file: LIFE, test: 'is refreshed once for all calls that meet it, and none of them fails' },
  },
  {
    id: 'token:revoked',
    title: 'The authorization was revoked',
    on: STREAMABLE,
    sees: 'the call fails as refused, and the connection is parked by `auth-required`',
    faults: ['auth-required'],
    verified: { file: LIFE, test: 'parks the connection until a person authorizes once more' },
  },
  {
    id: 'token:too-little',
    title: 'A call needs more than was granted',
    on: STREAMABLE,
    sees: 'that call alone fails as refused, and passes once a person has granted it',
    faults: ['auth-required'],
    verified: { file: LIFE, test: 'fails alone, and passes once a person has granted all of both' },
  },
  {
    id: 'token:shared',
    title: 'Two processes meet an expired token at the same moment',
    on: STREAMABLE,
    sees: 'one refresh, and both are answered',
    verified: {
      file: SHARED,
      test: 'need one person, and refresh an expired token exactly once when both meet it at the same moment',
    },
  },
  {
    id: 'issuer:down',
    title: 'The authorization server is down when a token has to be refreshed',
    on: STREAMABLE,
    sees: 'the call fails as refused, the connection stays, and the next call is answered once it is back',
    faults: ['http-status'],
    verified: {
      file: LIFE,
      test: 'that cannot be refreshed because the authorization server is down fails the call, and not the connection',
    },
  },
  {
    id: 'issuer:impostor',
    title: 'The authorization server is not the one it says it is',
    on: STREAMABLE,
    sees: 'closed by `auth-failed`, and nothing is sent there',
    faults: ['auth-failed'],
    verified: { file: REFUSALS, test: 'that calls itself otherwise is refused, before anything is sent there' },
  },
  {
    id: 'issuer:without-pkce',
    title: 'The authorization server does not announce PKCE with S256',
    on: STREAMABLE,
    sees: 'closed by `auth-failed`, and nobody is sent there',
    faults: ['auth-failed'],
    verified: { file: REFUSALS, test: 'is refused, and nobody is sent there' },
  },
];
