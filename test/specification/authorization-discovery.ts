/** Authorization over HTTP: who authorizes, and as whom this client is known there. */

import { faults, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const REFUSALS = 'authorization/refusals.test.ts';
const CLIENTS = 'authorization/clients.test.ts';
const CHALLENGE = 'unit/authorization/challenge.test.ts';

const DISCOVERY = 'basic/authorization/authorization-server-discovery';
const REGISTRATION = 'basic/authorization/client-registration';

const ALL_LAYOUTS = scenarios(
  'auth/metadata-default',
  'auth/metadata-var1',
  'auth/metadata-var2',
  'auth/metadata-var3',
);

export const AUTHORIZATION_DISCOVERY: readonly SpecificationRow[] = [
  {
    id: 'authorization:conforming',
    places: inBoth('basic/authorization#protocol-requirements'),
    level: 'SHOULD',
    requirement: 'Authorize over HTTP as the specification says.',
    by: ['runtime', 'sdk'],
    note: 'The option `auth`, for both revisions and both transports over HTTP.',
    tests: [
      ...tests('authorization/authorization-code.test.ts', 'is parked until that was done, and then serves'),
      ...tests('authorization/eras.test.ts', 'is authorized by a person, with protocol %s'),
    ],
  },
  {
    id: 'authorization:resource-metadata',
    places: inBoth('basic/authorization#overview'),
    level: 'MUST',
    requirement: 'Find the authorization server by the metadata of the protected resource (RFC 9728).',
    by: ['sdk', 'runtime'],
    note: 'Default endpoints are used only where a server knows nothing of it.',
    tests: ALL_LAYOUTS,
  },
  {
    id: 'authorization:metadata-location',
    places: inBoth(
      'basic/authorization#protected-resource-metadata-discovery-requirements',
      `${DISCOVERY}#protected-resource-metadata-discovery-requirements`,
    ),
    level: 'MUST',
    requirement: 'Take the location from `WWW-Authenticate`; else ask at the well-known addresses, path first.',
    by: ['sdk', 'runtime'],
    note: 'The header is read by our own reader, which takes no time over hostile ones.',
    tests: [...ALL_LAYOUTS, ...tests(CHALLENGE, 'reads %s', 'takes no time over what is long and hostile')],
  },
  {
    id: 'authorization:challenge',
    places: inBoth(
      'basic/authorization#protected-resource-metadata-discovery-requirements',
      `${DISCOVERY}#protected-resource-metadata-discovery-requirements`,
    ),
    level: 'MUST',
    requirement: 'Understand `WWW-Authenticate`, and answer a 401.',
    by: ['runtime'],
    note: 'A token is got or refreshed; where only a person can help, the server is parked as `auth-required`.',
    tests: [...tests(CHALLENGE, 'reads %s'), ...faults('token:none', 'token:expired', 'token:revoked')],
  },
  {
    id: 'authorization:server-metadata',
    places: inBoth(
      'basic/authorization#authorization-server-metadata-discovery',
      `${DISCOVERY}#authorization-server-metadata-discovery`,
    ),
    level: 'MUST',
    requirement:
      'Look for the metadata of the authorization server as OAuth and as OpenID Connect say, in the given order.',
    by: ['sdk'],
    note: 'With and without a path in the issuer.',
    tests: ALL_LAYOUTS,
  },
  {
    id: 'authorization:issuer-echo',
    places: in2026(`${DISCOVERY}#authorization-server-metadata-discovery`),
    level: 'MUST',
    requirement: 'Use no metadata whose `issuer` is not exactly the one that was asked for.',
    by: ['sdk', 'runtime'],
    note: 'In 2025-11-25 too; the fault `auth-failed`.',
    tests: [
      ...scenarios('auth/metadata-issuer-mismatch'),
      ...tests(REFUSALS, 'that calls itself otherwise is refused, before anything is sent there'),
      ...faults('issuer:impostor'),
    ],
  },
  {
    id: 'authorization:separate-state',
    places: [
      ...in2026(`${DISCOVERY}#authorization-server-location`),
      ...in2026(`${REGISTRATION}#authorization-server-binding`),
    ],
    level: 'MUST',
    requirement: 'Keep credentials by authorization server, use them at no other, and register anew where it changed.',
    by: ['runtime'],
    note: 'Records are bound to the issuer; `issuer` in `auth` names the only one that may be used.',
    tests: [
      ...scenarios('auth/authorization-server-migration'),
      ...tests(
        REFUSALS,
        'is not sent to the authorization server that the MCP server changes to',
        'other than the configured one is refused',
      ),
      ...tests(
        'authorization/machine-grants.test.ts',
        'sends its secret to the first authorization server alone, if none is configured',
      ),
    ],
  },
  {
    id: 'authorization:forged-requests',
    places: inBoth('basic/authorization#security-considerations', 'basic/authorization/security-considerations'),
    level: 'text',
    requirement: 'Take care where an MCP server can make a client send requests while it looks for metadata.',
    by: ['runtime'],
    note: 'Only over TLS, to the origin of the MCP server, or on this host where that server is; redirects are not followed, answers are bounded.',
    tests: [
      ...tests(REFUSALS, 'on another host is not asked without TLS'),
      ...tests(CHALLENGE, 'takes no time over what is long and hostile'),
    ],
  },
  {
    id: 'authorization:mismatch-surfaced',
    places: in2026(`${REGISTRATION}#authorization-server-binding`),
    level: 'SHOULD',
    requirement: 'Say so where credentials that were registered beforehand are for another authorization server.',
    by: ['runtime', 'host'],
    note: '`auth-failed` with the reason `issuer-mismatch`; give `issuer` beside `clientId`.',
    tests: tests(REFUSALS, 'other than the configured one is refused'),
  },
  {
    id: 'registration:order',
    places: [
      ...inBoth('basic/authorization#client-registration-approaches', REGISTRATION),
      ...in2026('basic/authorization#client-registration'),
    ],
    level: 'SHOULD',
    requirement:
      'Get a client id (MUST): the one registered beforehand, a metadata document, dynamic registration; else ask the user.',
    by: ['runtime', 'host'],
    note: 'Exactly this order; without any the fault is `auth-failed`, and the host asks for a `clientId`.',
    tests: [
      ...tests(
        CLIENTS,
        'that was registered beforehand presents its id and secret, and registers nowhere',
        'that describes itself by a document is known by its URL, where the authorization server reads such',
        'that describes itself by a document is registered, where the authorization server reads none',
      ),
      ...tests(REFUSALS, 'that registers nobody is refused'),
      ...scenarios('auth/pre-registration'),
    ],
  },
  {
    id: 'registration:document',
    places: inBoth('basic/authorization#client-id-metadata-documents', `${REGISTRATION}#client-id-metadata-documents`),
    level: 'SHOULD',
    requirement: 'Support metadata documents as client ids, where the authorization server says that it reads them.',
    by: ['runtime'],
    note: '`clientMetadataUrl`.',
    tests: [
      ...scenarios('auth/basic-cimd'),
      ...tests(
        CLIENTS,
        'that describes itself by a document is known by its URL, where the authorization server reads such',
      ),
    ],
  },
  {
    id: 'registration:document-content',
    places: inBoth('basic/authorization#implementation-requirements', `${REGISTRATION}#implementation-requirements`),
    level: 'MUST',
    requirement: 'Serve the document over HTTPS at a URL with a path; it names itself, the client and its redirects.',
    by: ['host', 'runtime'],
    note: 'The document is the host’s; a `clientMetadataUrl` that is not HTTPS is refused with the configuration.',
    tests: tests('unit/config/auth-config.test.ts', 'explains %s'),
  },
  {
    id: 'registration:beforehand',
    places: inBoth('basic/authorization#preregistration', `${REGISTRATION}#pre-registration`),
    level: 'SHOULD',
    requirement: 'Take client credentials that were registered beforehand.',
    by: ['runtime', 'host'],
    note: '`clientId` and `clientSecret`, `private-key-jwt`, or a grant of the host’s own.',
    tests: [
      ...scenarios('auth/pre-registration', 'auth/client-credentials-basic', 'auth/client-credentials-jwt'),
      ...tests(
        'authorization/machine-grants.test.ts',
        'is ready without a person, and gets a new token when the old one is refused',
      ),
    ],
  },
  {
    id: 'registration:application-type',
    places: in2026(`${REGISTRATION}#application-type-and-redirect-uri-constraints`),
    level: 'MUST',
    requirement: 'Say the right `application_type` when registering: `native` for redirects to this host (SHOULD).',
    by: ['sdk'],
    note: 'Taken from the redirect.',
    tests: [
      ...ALL_LAYOUTS,
      ...tests(CLIENTS, 'that is registered says that it is a program of this host, and that it wants refresh tokens'),
    ],
  },
  {
    id: 'registration:failure',
    places: in2026(`${REGISTRATION}#application-type-and-redirect-uri-constraints`),
    level: 'MUST',
    requirement: 'Be prepared for a registration that is refused, and tell it in a way that helps (SHOULD).',
    by: ['runtime'],
    note: '`auth-failed` with the reason `registration-refused`; it is not tried again and again.',
    tests: tests(REFUSALS, 'that registers nobody is refused'),
  },
  {
    id: 'registration:refresh-grant',
    places: in2026('basic/authorization#refresh-tokens'),
    level: 'SHOULD',
    requirement: 'Name `refresh_token` among the grants of the client.',
    by: ['sdk'],
    note: 'In what is registered; a document of the host’s own has to name it too.',
    tests: tests(
      CLIENTS,
      'that is registered says that it is a program of this host, and that it wants refresh tokens',
    ),
  },
];
