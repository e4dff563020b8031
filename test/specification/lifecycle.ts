/** Beginning and ending: handshake, revisions, eras, capabilities. */

import { contract, faults, in2025, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const INITIALIZE = 'unit/link/initialize-link.test.ts';
const SERVER_SIDE = 'unit/link/initialize-server-side.test.ts';
const DISCOVERY = 'unit/link/discovery.test.ts';
const AUTO = 'eras/auto.test.ts';
const URLS = 'eras/url.test.ts';

export const LIFECYCLE: readonly SpecificationRow[] = [
  {
    id: 'initialize:first',
    places: in2025('basic/lifecycle#initialization'),
    level: 'MUST',
    requirement: 'Begin with `initialize`: the revision, the capabilities and the name of the client.',
    by: ['runtime'],
    note: 'Every epoch begins so, also one that replaces a lost session.',
    tests: [...scenarios('initialize'), ...contract('lifecycle:connect:states')],
  },
  {
    id: 'initialize:initialized',
    places: in2025('basic/lifecycle#initialization'),
    level: 'MUST',
    requirement: 'Say `notifications/initialized` once the server has answered.',
    by: ['runtime'],
    note: 'One that cannot be sent fails the handshake.',
    tests: [
      ...tests(INITIALIZE, 'fails by the fault of a %s that cannot be sent'),
      ...faults('opening:initialized-hangs'),
    ],
  },
  {
    id: 'initialize:nothing-before',
    places: in2025('basic/lifecycle#initialization'),
    level: 'SHOULD NOT',
    requirement: 'Ask anything but `ping` before the server has answered `initialize`.',
    by: ['runtime'],
    note: 'Calls wait at a gate until the epoch is published. The probe of `protocol: auto` is the exception that 2026-07-28 asks for.',
    tests: [
      ...tests('unit/connection/epoch.test.ts', 'acquires in order and publishes last'),
      ...contract('call:wait:completes'),
    ],
  },
  {
    id: 'initialize:latest-version',
    places: in2025('basic/lifecycle#version-negotiation'),
    level: 'SHOULD',
    requirement: 'Ask for a revision that is supported (MUST), and for the latest of them.',
    by: ['sdk', 'runtime'],
    note: '2025-11-25; an older one that the server answers with is used.',
    tests: [...scenarios('initialize'), ...tests(INITIALIZE, 'gives the older revision that the server answers with')],
  },
  {
    id: 'initialize:unsupported-version',
    places: [...in2025('basic/lifecycle#version-negotiation'), ...in2025('schema#initializeresult')],
    level: 'MUST',
    requirement:
      'Disconnect when the server answers with a revision that is not supported (SHOULD, says its page; MUST, says the schema).',
    by: ['sdk', 'runtime'],
    note: 'The fault `protocol-version-unsupported`: the server is closed or parked, not tried again and again.',
    tests: [...contract('death:handshake:version'), ...faults('initialize:foreign-revision')],
  },
  {
    id: 'initialize:error-cases',
    places: in2025('basic/lifecycle#error-handling'),
    level: 'SHOULD',
    requirement: 'Be prepared for another revision, for missing capabilities and for silence.',
    by: ['runtime'],
    note: 'Each is a fault of its own.',
    tests: contract('death:handshake:version', 'death:handshake:silent', 'session:capability:missing'),
  },
  {
    id: 'lifecycle:negotiated-version',
    places: in2025('basic/lifecycle#operation'),
    level: 'MUST',
    requirement: 'Keep to the revision that was negotiated.',
    by: ['sdk', 'runtime'],
    note: 'One link speaks one revision for its whole life.',
    tests: tests(AUTO, 'a server that speaks %s is spoken to in %s'),
  },
  {
    id: 'lifecycle:negotiated-capabilities',
    places: [...in2025('basic/lifecycle#operation'), ...inBoth('server/prompts#implementation-considerations')],
    level: 'MUST',
    requirement: 'Use only capabilities that were negotiated (SHOULD for prompts).',
    by: ['runtime'],
    note: 'What a server does not offer fails as `CAPABILITY_MISSING` before anything is sent, and is not listed.',
    tests: [
      ...contract('session:capability:missing'),
      ...tests(
        'unit/call/requester.test.ts',
        'fails a call of a tool at once where the server offers none, and sends nothing',
      ),
      ...tests(
        'unit/connection/tool-listing.test.ts',
        'are none, proven by one round trip, for a server that has no tools',
      ),
    ],
  },
  {
    id: 'lifecycle:declared-capabilities',
    places: [...inBoth('client/roots#capabilities'), ...inBoth('client/elicitation#capabilities')],
    level: 'MUST',
    requirement: 'Declare roots and elicitation where they are supported; elicitation with at least one mode.',
    by: ['runtime'],
    note: 'Declared exactly where something stands behind it: `roots` of a server, a handler of the host. Both modes are.',
    tests: [
      ...contract('session:roots:undeclared', 'call:elicitation:answered'),
      ...tests(SERVER_SIDE, 'is %s, where that is what stands behind it'),
    ],
  },
  {
    id: 'lifecycle:instructions',
    places: [...in2025('basic/lifecycle#initialization'), ...in2026('server/discover#discoverresult')],
    level: 'MAY',
    requirement: 'Make the instructions of a server available to whoever uses its tools.',
    by: ['runtime', 'host'],
    note: '`getServerInfo(name).instructions`, scrubbed; untrusted.',
    tests: [
      ...contract('info:fields:state'),
      ...tests('eras/facts.ts', 'connects, says which era it is, lists and calls'),
    ],
  },
  {
    id: 'version:retry-supported',
    places: in2026('basic/versioning#protocol-version-negotiation'),
    level: 'SHOULD',
    requirement: 'After -32022 ask again in a revision that both know, or say that there is none.',
    by: ['sdk', 'runtime'],
    note: 'Asked once more; without a common revision the fault is `protocol-version-unsupported`.',
    tests: [
      ...scenarios('request-metadata'),
      ...tests(
        DISCOVERY,
        'is asked once more when it refuses the revision that it names',
        'has no revision in common by %s',
      ),
    ],
  },
  {
    id: 'version:extension-fallback',
    places: in2026('basic/versioning#extension-negotiation'),
    level: 'MUST',
    requirement: 'Fall back to the core protocol, or fail clearly, where only one side has an extension.',
    by: ['runtime'],
    note: 'The one extension is that of tasks: without it calls are plain, and what needs it is `CAPABILITY_MISSING`, not sent.',
    tests: [
      ...tests('tasks/facts.ts', 'sends nothing where the server knows no tasks'),
      ...tests(
        'tasks/discover.test.ts',
        'gives a call that was answered at once as a task that is over, and has no id',
      ),
    ],
  },
  {
    id: 'era:probe-stdio',
    places: [...in2026('basic/transports/stdio#backward-compatibility'), ...in2026('server/discover#when-to-call')],
    level: 'SHOULD',
    requirement: 'Over stdio, ask with `server/discover` before anything else, in the preferred revision.',
    by: ['runtime'],
    note: 'Within the very process that then serves; at most 2 s (`eraProbeTimeoutMs`).',
    tests: tests(AUTO, 'a server that speaks %s is spoken to in %s', 'a server of either era is started once'),
  },
  {
    id: 'era:no-single-code',
    places: in2026('basic/transports/stdio#backward-compatibility'),
    level: 'MUST NOT',
    requirement: 'Let the way back to `initialize` depend on one code of error.',
    by: ['runtime'],
    note: 'Any error that is not of the new era, and silence, mean the old one.',
    tests: [
      ...tests(DISCOVERY, 'is of the other era by %s'),
      ...tests(AUTO, 'a server that is silent is asked to initialize, once the question has had its time'),
    ],
  },
  {
    id: 'era:modern-error',
    places: [
      ...in2026('basic/transports/stdio#backward-compatibility'),
      ...in2026('basic/versioning#backward-compatibility-with-initialization-based-versions'),
    ],
    level: 'text',
    requirement: 'Take an error of the new era for a server of the new era, and do not fall back.',
    by: ['runtime'],
    note: 'It is asked in a revision that it names, or refused as it is.',
    tests: [
      ...tests(DISCOVERY, 'refuses us by a code of the era, whose text is scrubbed'),
      ...tests(AUTO, 'a server that speaks another revision of the era is not asked to initialize'),
    ],
  },
  {
    id: 'era:inspect-400',
    places: in2026('basic/transports/streamable-http#backward-compatibility'),
    level: 'SHOULD',
    requirement: 'Read the body of a 400 before falling back to `initialize`.',
    by: ['runtime'],
    note: 'The body decides like an answer over stdio; one that is empty or of another kind means the old era.',
    tests: [
      ...tests(AUTO, 'a server that speaks another revision of the era is not asked to initialize'),
      ...tests('eras/discover-streamable-http.test.ts', 'takes the error that a server explains its status with'),
    ],
  },
  {
    id: 'era:cached',
    places: in2026('basic/versioning#backward-compatibility-with-initialization-based-versions'),
    level: 'SHOULD',
    requirement: 'Remember the era as long as the process or the origin, and ask again when it turns out wrong.',
    by: ['runtime'],
    note: 'Remembered per configuration for a day, across epochs; not across runs of the host.',
    tests: tests(
      AUTO,
      'a server that was asked is not asked again, in its next life or under another name',
      'a server that spoke %s and now speaks %s is found out when it comes back',
    ),
  },
  {
    id: 'era:actionable-error',
    places: in2026('basic/versioning#compatibility-matrix'),
    level: 'SHOULD',
    requirement: 'Without the old era, ask with `server/discover` first, and fail in a way that can be acted on.',
    by: ['runtime'],
    note: 'With `protocol: discover` a server of the other era is closed at once, with its answer as the cause.',
    tests: tests('eras/facts.ts', 'closes a server that speaks only the other era, at once'),
  },
  {
    id: 'transport:sse-fallback',
    places: [
      ...in2025('basic/transports#backwards-compatibility'),
      ...in2026('basic/transports/streamable-http#backward-compatibility'),
    ],
    level: 'text',
    requirement:
      'Take a URL of either transport: where a POST is refused (400, 404, 405) and no answer of the new era, open HTTP+SSE.',
    by: ['runtime'],
    note: 'A configuration without `transport`, or `fallback: sse`; what was found is remembered.',
    tests: tests(
      URLS,
      'a server over %s that speaks %s is connected to, called, killed and comes back',
      'a server over HTTP+SSE is asked for the other transport once',
    ),
  },
  {
    id: 'transport:sse-deprecated',
    places: [...in2026('basic/transports/streamable-http#backward-compatibility'), ...in2026('deprecated#deprecated')],
    level: 'SHOULD NOT',
    requirement: 'Adopt what is deprecated: HTTP+SSE, dynamic registration, roots, sampling, logging.',
    by: ['runtime', 'host'],
    note: 'Kept for the servers there are; each is used only where the host asks for it or nothing else is offered.',
    tests: [
      ...contract('session:roots:undeclared'),
      ...tests(
        'authorization/clients.test.ts',
        'that describes itself by a document is known by its URL, where the authorization server reads such',
      ),
    ],
  },
  {
    id: 'transport:custom',
    places: inBoth('basic/transports#custom-transports'),
    level: 'MUST',
    requirement:
      'Keep the format and the lifecycle of messages over a transport of your own, and document it (SHOULD).',
    by: ['host'],
    note: 'A transport of your own is brought by `transport: in_process`. What it is given, and gives, are JSON-RPC messages.',
  },
  {
    id: 'request:timeout',
    places: inBoth('basic/lifecycle#timeouts', 'basic/patterns/cancellation#timeouts'),
    level: 'SHOULD',
    requirement: 'Give every request a timeout, cancel it then, and wait no longer.',
    by: ['runtime'],
    note: 'One deadline per call for queue, connecting, repeating and the call itself (`callTimeoutMs`).',
    tests: [
      ...contract('call:timeout:cancelled', 'call:wait:deadline', 'death:handshake:whole'),
      ...faults('reply:never'),
      ...tests('eras/facts.ts', 'ends a call at its deadline as timed out, with an unknown outcome'),
    ],
  },
  {
    id: 'request:timeout-per-request',
    places: inBoth('basic/lifecycle#timeouts', 'basic/patterns/cancellation#timeouts'),
    level: 'SHOULD',
    requirement: 'Let the timeout be set per request.',
    by: ['runtime'],
    note: '`timeoutMs` and `idleTimeoutMs` of each call.',
    tests: [...contract('call:timeout:alone', 'call:idle:silent')],
  },
  {
    id: 'request:timeout-maximum',
    places: inBoth('basic/lifecycle#timeouts', 'basic/patterns/cancellation#timeouts'),
    level: 'SHOULD',
    requirement: 'Keep a maximum, whatever progress is reported (which MAY reset the clock).',
    by: ['runtime'],
    note: 'Progress restarts the bound on silence alone, never the deadline.',
    tests: [
      ...faults('progress:endless'),
      ...contract('call:idle:progress'),
      ...tests('unit/call/pausable-call.test.ts', 'begins anew with each progress, which does not extend the deadline'),
    ],
  },
];
