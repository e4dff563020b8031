/** Authorization over HTTP: asking a person, tokens, scopes, and what must not go wrong with them. */

import { contract, faults, in2025, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const REFUSALS = 'authorization/refusals.test.ts';
const LIFE = 'authorization/token-life.test.ts';
const STORE = 'unit/authorization/file-credential-store.test.ts';

const SECURITY = 'basic/authorization/security-considerations';
/** Each flow is looked at for `resource` and PKCE. */
const EACH_FLOW = scenarios('auth/metadata-default', 'auth/resource-mismatch');
const ISS = scenarios(
  'auth/iss-supported',
  'auth/iss-not-advertised',
  'auth/iss-supported-missing',
  'auth/iss-wrong-issuer',
  'auth/iss-unexpected',
  'auth/iss-normalized',
);

export const AUTHORIZATION_FLOW: readonly SpecificationRow[] = [
  {
    id: 'scope:selection',
    places: inBoth('basic/authorization#scope-selection-strategy'),
    level: 'SHOULD',
    requirement: 'Ask for no more than needed: what the challenge names, else `scopes_supported`, else nothing.',
    by: ['runtime'],
    note: '`scopes` of the configuration comes between the first two.',
    tests: scenarios(
      'auth/scope-from-www-authenticate',
      'auth/scope-from-scopes-supported',
      'auth/scope-omitted-when-undefined',
    ),
  },
  {
    id: 'scope:challenge-decides',
    places: inBoth(
      'basic/authorization#protected-resource-metadata-discovery-requirements',
      'basic/authorization#scope-selection-strategy',
    ),
    level: 'MUST',
    requirement: 'Take the scopes of a challenge as what the request needs, whatever `scopes_supported` says.',
    by: ['runtime'],
    note: 'Nothing is compared with that list.',
    tests: scenarios('auth/scope-from-www-authenticate', 'auth/scope-step-up'),
  },
  {
    id: 'scope:step-up',
    places: inBoth('basic/authorization#step-up-authorization-flow'),
    level: 'SHOULD',
    requirement: 'After `insufficient_scope` ask for a token with more, for a person always.',
    by: ['runtime', 'host'],
    note: 'A client of its own gets one at once. For a person the call alone fails (`scope-missing`) with a URL to open.',
    tests: [
      ...scenarios('auth/scope-step-up'),
      ...tests(LIFE, 'fails alone, and passes once a person has granted all of both'),
      ...tests('authorization/machine-grants.test.ts', 'gets a token for more when a call needs it'),
      ...faults('token:too-little'),
    ],
  },
  {
    id: 'scope:union',
    places: in2026('basic/authorization#step-up-authorization-flow'),
    level: 'SHOULD',
    requirement: 'Ask for what was granted together with what is missing.',
    by: ['runtime'],
    note: 'In 2025-11-25 too.',
    tests: [
      ...scenarios('auth/scope-step-up'),
      ...tests(LIFE, 'fails alone, and passes once a person has granted all of both'),
    ],
  },
  {
    id: 'scope:retry-limit',
    places: inBoth('basic/authorization#step-up-authorization-flow'),
    level: 'SHOULD',
    requirement: 'Limit how often one request is authorized anew, and remember what was tried.',
    by: ['runtime'],
    note: 'Two rounds for one request, and never interactive inside a restart.',
    tests: [
      ...scenarios('auth/scope-retry-limit'),
      ...tests(
        'authorization/machine-grants.test.ts',
        'asks twice for one call that is refused whatever it presents, and no more',
      ),
      ...tests(LIFE, 'is not asked for again when the server wants what was granted already'),
    ],
  },
  {
    id: 'issuer:recorded',
    places: in2026('basic/authorization#authorization-response-validation'),
    level: 'MUST',
    requirement:
      'Before a person is sent anywhere, record the validated issuer beside the PKCE verifier and the state.',
    by: ['runtime'],
    note: 'In the same record, in the store.',
    tests: [...ISS, ...tests(REFUSALS, 'from another authorization server is refused, and its code is sent nowhere')],
  },
  {
    id: 'issuer:compared',
    places: [
      ...in2026('basic/authorization#authorization-response-validation'),
      ...in2026(`${SECURITY}#mix-up-attacks`),
    ],
    level: 'MUST',
    requirement: 'Compare `iss` of the response with it, character by character; require it where it is announced.',
    by: ['runtime', 'sdk'],
    note: 'Before the code goes anywhere.',
    tests: [...ISS, ...tests(REFUSALS, 'from another authorization server is refused, and its code is sent nowhere')],
  },
  {
    id: 'issuer:errors-too',
    places: in2026('basic/authorization#authorization-response-validation'),
    level: 'MUST NOT',
    requirement: 'Act on or show an error of a response that came from another issuer.',
    by: ['runtime'],
    note: 'It uses nothing up: the right answer is taken afterwards.',
    tests: tests(REFUSALS, 'that says no in the name of another authorization server uses nothing up'),
  },
  {
    id: 'resource:sent',
    places: [
      ...inBoth('basic/authorization#resource-parameter-implementation'),
      ...inBoth(
        'basic/authorization#token-audience-binding-and-validation',
        `${SECURITY}#token-audience-binding-and-validation`,
      ),
      ...inBoth(
        'basic/authorization#access-token-privilege-restriction',
        `${SECURITY}#access-token-privilege-restriction`,
      ),
    ],
    level: 'MUST',
    requirement:
      'Name the MCP server as `resource`, by its canonical URI, in authorization and token requests, always.',
    by: ['sdk', 'runtime'],
    note: 'A metadata document for another resource is refused.',
    tests: [...EACH_FLOW, ...tests(REFUSALS, 'is not asked for a token for another resource than the server itself')],
  },
  {
    id: 'resource:canonical',
    places: inBoth('basic/authorization#canonical-server-uri'),
    level: 'SHOULD',
    requirement: 'Give the most specific URI, without a slash at its end, and take hosts in any case.',
    by: ['sdk', 'runtime'],
    note: 'As the metadata of the MCP server writes it.',
    tests: EACH_FLOW,
  },
  {
    id: 'token:header',
    places: inBoth('basic/authorization#token-requirements'),
    level: 'MUST',
    requirement: 'Send the token in `Authorization` of every request, and never in the query of a URL.',
    by: ['runtime'],
    note: 'POST, GET and DELETE alike; a header of the host’s own gives way to it.',
    tests: [
      ...scenarios('auth/metadata-default'),
      ...tests(
        'authorization/machine-grants.test.ts',
        'sends what a function gives beside its token, and the token wins',
      ),
    ],
  },
  {
    id: 'token:issuer-bound',
    places: inBoth('basic/authorization#token-handling'),
    level: 'MUST NOT',
    requirement: 'Send an MCP server a token that another authorization server issued.',
    by: ['runtime'],
    note: 'Kept by URL and account with its issuer, and sent to the origin of the server alone.',
    tests: tests(
      REFUSALS,
      'is not sent to the authorization server that the MCP server changes to',
      'is sent to no other origin, whatever the server redirects to',
      'is sent to no foreign endpoint of HTTP+SSE',
    ),
  },
  {
    id: 'token:storage',
    places: [
      ...inBoth('basic/authorization#token-theft', `${SECURITY}#token-theft`),
      ...in2026('basic/authorization#refresh-tokens'),
    ],
    level: 'MUST',
    requirement: 'Store tokens safely, refresh tokens above all.',
    by: ['runtime', 'host'],
    note: 'In memory, in files of mode 0600 (`FileCredentialStore`), or in a store of the host’s own.',
    tests: [
      ...tests(
        STORE,
        'keeps it in one file of mode 0600, in a directory of mode 0700 that it makes, and leaves nothing beside it',
        'refuses a file that others may read',
        'leaves no copy of a secret behind when the file cannot be replaced',
      ),
      ...tests(
        'observe/authorization.test.ts',
        'is in no inspection, event, error, information or log; the URL to open is where it is meant to be',
      ),
    ],
  },
  {
    id: 'token:no-refresh-assumed',
    places: in2026('basic/authorization#refresh-tokens'),
    level: 'MUST NOT',
    requirement: 'Rely on getting a refresh token (`offline_access` MAY be asked for where it is offered).',
    by: ['runtime'],
    note: 'Without one a person is asked again.',
    tests: [
      ...scenarios('auth/offline-access-scope', 'auth/offline-access-not-supported'),
      ...tests(LIFE, 'parks the connection until a person authorizes once more'),
    ],
  },
  {
    id: 'pkce:s256',
    places: inBoth('basic/authorization#authorization-code-protection', `${SECURITY}#authorization-code-protection`),
    level: 'MUST',
    requirement: 'Use PKCE, with S256.',
    by: ['sdk'],
    note: 'No other method is offered.',
    tests: EACH_FLOW,
  },
  {
    id: 'pkce:verified',
    places: inBoth('basic/authorization#authorization-code-protection', `${SECURITY}#authorization-code-protection`),
    level: 'MUST',
    requirement: 'Go no further where the metadata does not announce PKCE.',
    by: ['runtime'],
    note: '`auth-failed` with the reason `pkce-unsupported`; nobody is sent there.',
    tests: [...tests(REFUSALS, 'that %s is refused, and nobody is sent there'), ...faults('issuer:without-pkce')],
  },
  {
    id: 'redirect:registered',
    places: [
      ...inBoth('basic/authorization#open-redirection', `${SECURITY}#open-redirection`),
      ...inBoth('basic/authorization#communication-security', `${SECURITY}#communication-security`),
    ],
    level: 'MUST',
    requirement: 'Use redirects that are registered, and are this host or HTTPS.',
    by: ['runtime', 'host'],
    note: 'Any other `redirectUrl` is refused with the configuration, but for a scheme of the program’s own (RFC 8252).',
    tests: [
      ...tests('unit/config/auth-config.test.ts', 'explains %s', 'takes %s'),
      ...tests(
        'authorization/clients.test.ts',
        'opens a URL by what it is given, and waits for the browser where it is sent',
      ),
    ],
  },
  {
    id: 'redirect:state',
    places: inBoth('basic/authorization#open-redirection', `${SECURITY}#open-redirection`),
    level: 'SHOULD',
    requirement: 'Send `state`, and discard an answer with another one or none.',
    by: ['runtime', 'host'],
    note: 'Compared here; a host that hands over the bare code without `state` has compared it itself.',
    tests: tests(REFUSALS, 'with the state of something else is refused, and the right one is taken afterwards'),
  },
  {
    id: 'authorization:https',
    places: inBoth('basic/authorization#communication-security', `${SECURITY}#communication-security`),
    level: 'MUST',
    requirement: 'Speak with authorization servers over HTTPS alone.',
    by: ['runtime', 'sdk'],
    note: 'Except on this very host; a URL of another scheme is never given to be opened.',
    tests: tests(
      REFUSALS,
      'that wants a person to open %s is refused, and nobody is told to',
      'on another host is not asked without TLS',
    ),
  },
  {
    id: 'authorization:opening',
    places: inBoth('basic/authorization#security-considerations', `${SECURITY}#open-redirection`),
    level: 'text',
    requirement: 'Open the URL of an authorization without a shell, and show the person where it leads.',
    by: ['host', 'runtime'],
    note: 'The URL comes by `authorization.required` and `open`; it leads over HTTPS or to this host, or is refused.',
    tests: tests(REFUSALS, 'that wants a person to open %s is refused, and nobody is told to'),
  },
  {
    id: 'authorization:best-practice',
    places: inBoth('basic/authorization#security-considerations', SECURITY),
    level: 'MUST',
    requirement: 'Follow the security practices of OAuth 2.1.',
    by: ['sdk', 'runtime'],
    note: 'Replies are bounded in time and size, redirects within the flow are not followed elsewhere, secrets stay out of texts.',
    tests: [
      ...tests(REFUSALS, 'is given up after the time for a token, and its socket is closed'),
      ...tests(
        'observe/authorization.test.ts',
        'is in no inspection, event, error, information or log; the URL to open is where it is meant to be',
      ),
    ],
  },
  {
    id: 'authorization:other-transports',
    places: inBoth('basic/authorization#protocol-requirements'),
    level: 'MUST',
    requirement: 'Over other transports, follow what their protocols take for secure.',
    by: ['host'],
    note: 'There are no others here; `headers` may be a function where a proxy wants more.',
    tests: contract('info:secrets:redacted'),
  },
  {
    id: 'authorization:refresh-shared',
    places: in2025('basic/authorization#token-theft'),
    level: 'text',
    requirement: 'Expect refresh tokens that can be used once (authorization servers MUST rotate them).',
    by: ['runtime'],
    note: 'One refresh for all calls and all processes that share a store; what is new is kept before it is used.',
    tests: [
      ...tests(LIFE, 'is refreshed once for all calls that meet it, and none of them fails'),
      ...faults('token:shared'),
    ],
  },
];
