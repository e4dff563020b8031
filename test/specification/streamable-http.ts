/** The transport over HTTP: messages, streams, sessions. */

import { contract, faults, in2025, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const LIFE = 'unit/transport/http/streamable-http-life.test.ts';
const PUSH = 'unit/transport/http/push-stream.test.ts';
const REPLY = 'unit/transport/http/reply.test.ts';
const LOST = 'unit/transport/http/reply-lost.test.ts';
const RESUMPTION = 'unit/transport/http/reply-resumption.test.ts';
const HEADERS = 'unit/transport/http/message-headers.test.ts';
const STREAMABLE = 'eras/discover-streamable-http.test.ts';

const SENDING = [
  'basic/transports#sending-messages-to-the-server',
  'basic/transports/streamable-http#sending-messages',
] as const;

export const STREAMABLE_HTTP: readonly SpecificationRow[] = [
  {
    id: 'http:post',
    places: inBoth(...SENDING),
    level: 'MUST',
    requirement: 'Send each message as the body of a POST of its own.',
    by: ['runtime'],
    note: 'Nothing is batched.',
    tests: [
      ...scenarios('initialize', 'tools_call'),
      ...tests(HEADERS, 'go out with every request, one message for each POST'),
    ],
  },
  {
    id: 'http:accept',
    places: [...inBoth(...SENDING), ...in2025('basic/transports#listening-for-messages-from-the-server')],
    level: 'MUST',
    requirement: 'Accept JSON and event streams for a POST, and event streams for a GET.',
    by: ['runtime'],
    note: 'A function that gives headers cannot change that.',
    tests: [
      ...tests(HEADERS, 'go out with every request, one message for each POST'),
      ...tests(
        'unit/transport/http/header-source.test.ts',
        'is asked for every request of Streamable HTTP, and may not set what belongs to the connection',
      ),
    ],
  },
  {
    id: 'http:both-replies',
    places: inBoth(...SENDING),
    level: 'MUST',
    requirement: 'Take a reply as a JSON body and as a stream of events.',
    by: ['runtime'],
    note: 'Any other type is the fault `malformed-message`.',
    tests: [
      ...tests(
        REPLY,
        'is delivered from a JSON body',
        'is delivered from a stream that holds nothing else, and its socket is kept for the next request',
      ),
      ...contract('hostile:content-type:wrong'),
    ],
  },
  {
    id: 'http:version-header',
    places: [
      ...in2025('basic/transports#protocol-version-header'),
      ...in2025('basic/lifecycle#version-negotiation'),
      ...in2026('basic/transports/streamable-http#protocol-version-header'),
    ],
    level: 'MUST',
    requirement:
      'Send `MCP-Protocol-Version` with every request: the negotiated one, after `initialize`; that of `_meta`, in 2026-07-28.',
    by: ['runtime'],
    note: 'GET and DELETE carry it too.',
    tests: [
      ...tests(HEADERS, 'go out with every request, one message for each POST'),
      ...scenarios('request-metadata', 'http-standard-headers'),
    ],
  },
  {
    id: 'http:disconnection',
    places: in2025('basic/transports#sending-messages-to-the-server'),
    level: 'SHOULD NOT',
    requirement: 'Let a broken connection pass for a cancellation: cancel explicitly.',
    by: ['runtime'],
    note: '`notifications/cancelled` is sent, then the socket is freed.',
    tests: [
      ...contract('call:abort:cancelled'),
      ...tests('unit/transport/http/cancellation.test.ts', 'frees its socket: one %s'),
    ],
  },
  {
    id: 'http:poll',
    places: in2025('basic/transports#sending-messages-to-the-server'),
    level: 'SHOULD',
    requirement: 'Open the stream of a reply again when the server closed it without the reply.',
    by: ['runtime'],
    note: 'Where its events had ids; else the call fails at once as `reply-lost`.',
    tests: [
      ...scenarios('sse-retry'),
      ...tests(RESUMPTION, 'is opened again from the last event when it breaks, and the request succeeds'),
      ...faults('resumption:works', 'resumption:refused'),
    ],
  },
  {
    id: 'http:retry-field',
    places: in2025('basic/transports#sending-messages-to-the-server'),
    level: 'MUST',
    requirement: 'Wait as long as `retry` says before opening a stream again.',
    by: ['runtime'],
    note: 'Within what a timer can hold; too many streams a minute end the epoch as `flooded`.',
    tests: [
      ...scenarios('sse-retry'),
      ...faults('push:storm'),
      ...tests('unit/transport/http/cancellation.test.ts', 'waits no more between two tries to open its stream again'),
    ],
  },
  {
    id: 'http:last-event-id',
    places: in2025('basic/transports#resumability-and-redelivery'),
    level: 'SHOULD',
    requirement: 'Go on with a broken stream by GET and `Last-Event-ID`.',
    by: ['runtime'],
    note: 'Of replies and of the general stream; after two failures the link ends, and a new epoch begins.',
    tests: [
      ...scenarios('sse-retry'),
      ...tests(
        PUSH,
        'is opened again from the last event when it %s, and notifications go on',
        'ends the transport with stream-ended when it cannot be opened again twice',
      ),
      ...contract('death:push:cut'),
    ],
  },
  {
    id: 'http:general-stream',
    places: in2025('basic/transports#listening-for-messages-from-the-server'),
    level: 'MAY',
    requirement: 'Open a general stream by GET; one that the server refuses with 405 is done without.',
    by: ['runtime'],
    note: 'A reading of subscribed resources covers what was said while it was broken.',
    tests: [
      ...tests(
        PUSH,
        'carries notifications, with the session and the headers of the configuration',
        'is done without when the server answers %i',
      ),
      ...contract('session:update:unheard'),
    ],
  },
  {
    id: 'http:session-id',
    places: in2025('basic/transports#session-management'),
    level: 'MUST',
    requirement: 'Send the session id that the server gave with every later request.',
    by: ['runtime'],
    note: 'The first one counts: a later answer cannot replace it.',
    tests: [
      ...tests(PUSH, 'carries notifications, with the session and the headers of the configuration'),
      ...tests('unit/transport/http/refusal.test.ts', 'cannot be replaced by a later answer'),
      ...faults('session:renamed'),
    ],
  },
  {
    id: 'http:session-secure',
    places: in2025('basic/transports#session-management'),
    level: 'MUST',
    requirement: 'Handle the session id as a secret.',
    by: ['runtime'],
    note: 'It goes to the origin of the server alone, and what is shown of it cannot be used.',
    tests: [
      ...tests(LIFE, 'shows of the session id what cannot be used'),
      ...contract('info:secrets:redacted'),
      ...tests(
        'unit/transport/http/redirect-and-secrecy.test.ts',
        'is in no fault, error or detail after %s, though every request carried it',
      ),
    ],
  },
  {
    id: 'http:session-lost',
    places: in2025('basic/transports#session-management'),
    level: 'MUST',
    requirement: 'After a 404 for a session begin a new one with `initialize`, without a session id.',
    by: ['runtime'],
    note: 'A new epoch; the refused call is sent there. Servers that say 400 instead are found out too.',
    tests: [
      ...contract('death:session:forgotten', 'death:session:bad-request', 'death:server:restarted'),
      ...tests(
        'unit/transport/http/refusal.test.ts',
        'is lost with a 404: the request is refused first, then the transport sends nothing more',
      ),
      ...faults('session:forgotten'),
    ],
  },
  {
    id: 'http:session-delete',
    places: in2025('basic/transports#session-management'),
    level: 'SHOULD',
    requirement: 'End a session by DELETE when it is not needed any more; the server MAY refuse that with 405.',
    by: ['runtime'],
    note: 'For at most `terminateTimeoutMs`.',
    tests: [
      ...tests(LIFE, 'deletes the session', 'resolves when the server answers %i'),
      ...faults('session:delete-hangs', 'session:delete-refused'),
    ],
  },
  {
    id: 'http:session-state',
    places: in2025('basic/transports#session-management'),
    level: 'text',
    requirement: 'Bring a new session to what was declared in the one before.',
    by: ['runtime'],
    note: 'Log level, subscriptions and roots are declared once and hold in every epoch.',
    tests: contract('session:subscription:restored', 'session:loglevel:restored', 'session:roots:changed'),
  },
  {
    id: 'http:no-session',
    places: in2026('basic/transports/streamable-http#earlier-streamable-http-revisions'),
    level: 'text',
    requirement: 'Use no session id, no GET, no DELETE and no resumption in 2026-07-28.',
    by: ['runtime'],
    note: 'A broken stream loses its reply.',
    tests: tests(
      STREAMABLE,
      'opens no stream by GET, ends no session by DELETE, and goes on with no stream that broke',
    ),
  },
  {
    id: 'http:lost-reply',
    places: in2026('changelog#major-changes'),
    level: 'text',
    requirement: 'Notice that a reply cannot come any more.',
    by: ['runtime'],
    note: 'Within 50 ms, as `reply-lost`, in either revision.',
    tests: [
      ...tests(LOST, 'fails its request with reply-lost within 50 ms when %s'),
      ...tests(STREAMABLE, 'fails a call at once whose reply was lost by a %s, and lives on'),
    ],
  },
  {
    id: 'http:shutdown',
    places: in2025('basic/lifecycle#http'),
    level: 'text',
    requirement: 'Close the connections to shut down.',
    by: ['runtime'],
    note: 'Awaited, within `releaseTimeoutMs`.',
    tests: [
      ...tests(LIFE, 'ends what is under way, calls nobody any more, and leaves no socket in use'),
      ...contract('lifecycle:close:ready', 'lifecycle:release:polite'),
    ],
  },
  {
    id: 'headers:required',
    places: [
      ...in2026('basic/transports/streamable-http#standard-request-headers'),
      ...in2026('basic/transports/streamable-http#sending-messages'),
    ],
    level: 'MUST',
    requirement: 'Repeat the method in `Mcp-Method`, and the name or URI in `Mcp-Name`, of every POST.',
    by: ['sdk', 'runtime'],
    note: 'Encoded where a header cannot hold it.',
    tests: [
      ...scenarios('http-standard-headers'),
      ...tests(
        STREAMABLE,
        'repeats marked arguments in the headers of a call, and leaves a tool out that marks them wrongly',
      ),
    ],
  },
  {
    id: 'headers:parameters',
    places: in2026('basic/transports/streamable-http#custom-headers-from-tool-parameters'),
    level: 'MUST',
    requirement:
      'Repeat arguments that a tool marks with `x-mcp-header` in `Mcp-Param-*`; leave out null and what is missing.',
    by: ['runtime'],
    note: 'Found at any depth of `properties`.',
    tests: [
      ...scenarios('http-custom-headers'),
      ...tests(
        'unit/link/mirrored-arguments.test.ts',
        'are found under names of properties, at any depth',
        'leave out %s',
      ),
    ],
  },
  {
    id: 'headers:encoding',
    places: in2026('basic/transports/streamable-http#value-encoding'),
    level: 'MUST',
    requirement: 'Encode values that a header cannot hold as `=?base64?…?=`, and those that look so already.',
    by: ['runtime', 'sdk'],
    note: 'Nothing of an argument can break out of its header.',
    tests: [...scenarios('http-custom-headers'), ...tests('unit/link/mirrored-arguments.test.ts', 'repeat %s')],
  },
  {
    id: 'headers:illegal-tools',
    places: [...in2026('basic/transports/streamable-http#schema-extension'), ...in2026('server/tools#x-mcp-header')],
    level: 'MUST',
    requirement: 'Leave tools out whose marks are illegal, keep the others, and log which and why (SHOULD).',
    by: ['runtime'],
    note: 'The event `tools.rejected` names each with a reason.',
    tests: [
      ...scenarios('http-invalid-tool-headers'),
      ...tests('unit/link/mirrored-arguments.test.ts', 'are illegal with %s'),
      ...tests(
        'unit/catalog/directory.test.ts',
        'makes known once which tools were left out of a list, and again when that changes',
      ),
    ],
  },
  {
    id: 'headers:mismatch',
    places: in2026('basic/transports/streamable-http#client-behavior'),
    level: 'SHOULD',
    requirement: 'After a `HeaderMismatch` list the tools again, then send the call again with the right headers.',
    by: ['runtime'],
    note: 'Once, within the deadline of the call.',
    tests: tests(
      'unit/link/discover-link.test.ts',
      'looks at the tools again where a call lacks a header, and sends it once more',
    ),
  },
  {
    id: 'headers:case',
    places: in2026('basic/transports/streamable-http#case-sensitivity'),
    level: 'MUST',
    requirement: 'Compare names of headers in any case.',
    by: ['runtime'],
    note: 'Marks that differ in case alone are illegal; headers of answers are read in any case.',
    tests: tests('unit/link/mirrored-arguments.test.ts', 'are illegal with %s'),
  },
];
