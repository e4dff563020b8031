/** What requests go through: cancellation, progress, signs of life, further rounds, subscriptions. */

import { contract, faults, in2025, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const INITIALIZE = 'unit/link/initialize-link.test.ts';
const FACTS = 'eras/facts.ts';
const HEARTBEAT = 'unit/connection/heartbeat.test.ts';
const STREAMABLE = 'eras/discover-streamable-http.test.ts';

const CANCELLATION = [
  'basic/utilities/cancellation#behavior-requirements',
  'basic/patterns/cancellation#behavior-requirements',
] as const;

export const PATTERNS: readonly SpecificationRow[] = [
  {
    id: 'cancel:own-in-progress',
    places: inBoth(...CANCELLATION),
    level: 'MUST',
    requirement: 'Cancel only requests that were sent by this client and are still under way.',
    by: ['sdk', 'runtime'],
    note: 'One that was never sent is taken back without a word; one that was answered is over.',
    tests: [
      ...tests(INITIALIZE, 'cancels nothing that was answered'),
      ...tests(
        'unit/transport/stdio/outbox.test.ts',
        'are not written when they were cancelled before, and neither is the cancellation',
      ),
      ...tests('unit/transport/http/cancellation.test.ts', 'is not told to a server that never saw it'),
      ...contract('call:abort:before'),
    ],
  },
  {
    id: 'cancel:not-initialize',
    places: in2025('basic/utilities/cancellation#behavior-requirements'),
    level: 'MUST NOT',
    requirement: 'Cancel `initialize`.',
    by: ['runtime'],
    note: 'A handshake that is given up ends with its transport.',
    tests: tests(INITIALIZE, 'never cancels the handshake on the wire, which the specification forbids'),
  },
  {
    id: 'cancel:late-response',
    places: inBoth(...CANCELLATION),
    level: 'SHOULD',
    requirement: 'Ignore a response that comes after the cancellation; both may cross (MUST be handled).',
    by: ['sdk', 'runtime'],
    note: 'It is a sign of life and nothing else.',
    tests: [...faults('reply:late', 'reply:late-beside-another', 'reply:aborted')],
  },
  {
    id: 'cancel:received',
    places: inBoth('basic/utilities/cancellation#behavior-requirements', 'basic/patterns/cancellation#error-handling'),
    level: 'SHOULD',
    requirement:
      'Stop what a cancelled request asked for and answer it no more; ignore cancellations of what is unknown.',
    by: ['sdk', 'runtime'],
    note: 'The `signal` of the handler is aborted.',
    tests: tests(
      'unit/link/initialize-server-side.test.ts',
      'aborts whoever answers when the server cancels, and when the link ends',
      'does not mind %s',
    ),
  },
  {
    id: 'cancel:reasons-logged',
    places: inBoth(
      'basic/utilities/cancellation#implementation-notes',
      'basic/patterns/cancellation#implementation-notes',
    ),
    level: 'SHOULD',
    requirement: 'Log why something was cancelled.',
    by: ['host'],
    note: 'The reason of the caller’s signal is the `cause` of `CALL_ABORTED`; a deadline says which one passed.',
    tests: tests(
      'unit/call/failure.test.ts',
      'keeps why it was aborted as its cause',
      'says how long the call was allowed to take',
    ),
  },
  {
    id: 'cancel:shown',
    places: inBoth(
      'basic/utilities/cancellation#implementation-notes',
      'basic/patterns/cancellation#implementation-notes',
    ),
    level: 'SHOULD',
    requirement: 'Show in the user interface that cancelling was asked for.',
    by: ['host'],
    note: 'An aborted call rejects at once.',
    tests: contract('call:abort:cancelled'),
  },
  {
    id: 'cancel:transport',
    places: [
      ...in2025('basic/transports#sending-messages-to-the-server'),
      ...in2026('basic/patterns/cancellation#transport-specific-cancellation'),
      ...in2026('basic/transports/stdio#cancellation'),
    ],
    level: 'MUST',
    requirement:
      'Cancel by `notifications/cancelled`; over Streamable HTTP of 2026-07-28 by closing the stream of the reply instead.',
    by: ['runtime'],
    note: 'The socket of a cancelled request is freed in either revision.',
    tests: [
      ...contract('call:abort:cancelled', 'call:timeout:cancelled'),
      ...tests(FACTS, 'cancels an aborted call on the wire, and the server stops'),
    ],
  },
  {
    id: 'progress:token',
    places: inBoth('basic/utilities/progress#progress-flow', 'basic/patterns/progress#progress-flow'),
    level: 'MUST',
    requirement: 'Use a string or an integer as progress token, unique among the requests under way.',
    by: ['sdk', 'runtime'],
    note: 'Counted up.',
    tests: [
      ...tests(FACTS, 'hands on progress, of every round of a call', 'gives each of two calls its own progress'),
      ...contract('call:progress:told'),
    ],
  },
  {
    id: 'progress:tracked',
    places: inBoth('basic/utilities/progress#implementation-notes', 'basic/patterns/progress#implementation-notes'),
    level: 'SHOULD',
    requirement: 'Keep track of the tokens in use.',
    by: ['sdk', 'runtime'],
    note: 'Progress of an unknown or finished request is dropped.',
    tests: [
      ...tests(INITIALIZE, 'does not harm the link: %j'),
      ...tests(
        'unit/transport/http/reply.test.ts',
        'is delivered after the progress that came before it, even in the same chunk',
      ),
    ],
  },
  {
    id: 'progress:rate',
    places: inBoth('basic/utilities/progress#implementation-notes', 'basic/patterns/progress#implementation-notes'),
    level: 'SHOULD',
    requirement: 'Limit the rate of progress.',
    by: ['runtime'],
    note: '`limits.maxMessagesPerSecond` for all that comes unasked; beyond it the epoch ends as `flooded`.',
    tests: tests(
      'unit/link/fenced-transport.test.ts',
      'faults when more comes unasked than is allowed, and lets replies pass in any number',
    ),
  },
  {
    id: 'progress:sent',
    places: inBoth('basic/utilities/progress#behavior-requirements', 'basic/patterns/progress#behavior-requirements'),
    level: 'MUST',
    requirement: 'Report progress only of what asked for it, ever more, and none after the end.',
    by: ['runtime'],
    note: 'A client reports none here, which it may.',
    tests: tests('unit/link/initialize-server-side.test.ts', 'is answered without progress, also where it wants some'),
  },
  {
    id: 'ping:answer',
    places: in2025('basic/utilities/ping#behavior-requirements'),
    level: 'MUST',
    requirement: 'Answer a `ping` of the server promptly with an empty result.',
    by: ['sdk'],
    note: 'Beyond `limits.maxServerRequests` at once the epoch ends as `flooded`.',
    tests: [
      ...tests('unit/link/initialize-server-side.test.ts', 'is answered with nothing in it, where it is a ping'),
      ...faults('requests:flood'),
    ],
  },
  {
    id: 'ping:periodic',
    places: in2025('basic/utilities/ping#implementation-considerations'),
    level: 'SHOULD',
    requirement: 'Ping now and then, as often as configured, and not too often.',
    by: ['runtime'],
    note: '`heartbeat`: only after silence, sooner while a call waits.',
    tests: tests(
      HEARTBEAT,
      'asks after the interval of silence, and again after each answer',
      'never asks a server that talks',
    ),
  },
  {
    id: 'ping:timeout',
    places: in2025('basic/utilities/ping#error-handling'),
    level: 'SHOULD',
    requirement:
      'Take a ping that times out for a failure of the connection, and log it; let the time fit the network.',
    by: ['runtime'],
    note: 'After `heartbeat.misses` the epoch ends as `unresponsive`; each miss is the event `heartbeat.missed`.',
    tests: [
      ...contract('death:frozen:noticed'),
      ...tests(HEARTBEAT, 'is over after as many misses in a row as planned, and says how many'),
      ...faults('answers:none-idle'),
    ],
  },
  {
    id: 'ping:gone',
    places: in2026('changelog#major-changes'),
    level: 'text',
    requirement: 'Send no `ping`: it is gone.',
    by: ['runtime'],
    note: '`server/discover` takes its place, as sparingly.',
    tests: tests(FACTS, 'shows that it lives by a request, for there is no ping'),
  },
  {
    id: 'rounds:inputs',
    places: in2026('basic/patterns/mrtr#client-requirements-basic-workflow'),
    level: 'MUST',
    requirement: 'Fulfil all that `inputRequests` ask before the request is sent again.',
    by: ['sdk', 'runtime'],
    note: 'By the same handlers as in 2025-11-25; the deadline stands still while a person answers.',
    tests: [
      ...scenarios('sep-2322-client-request-state'),
      ...tests(
        FACTS,
        'answers what the server asks for in rounds of one call',
        'asks a person for the server while the deadline of the call stands still',
      ),
    ],
  },
  {
    id: 'rounds:state',
    places: [
      ...in2026('basic/patterns/mrtr#client-requirements-basic-workflow'),
      ...in2026('basic/patterns/mrtr#inputrequiredresult'),
    ],
    level: 'MUST',
    requirement: 'Send `requestState` back exactly, look at nothing in it, and send none where there was none.',
    by: ['sdk'],
    note: 'It is in no event, error or log.',
    tests: scenarios('sep-2322-client-request-state'),
  },
  {
    id: 'rounds:id',
    places: [
      ...in2026('basic/patterns/mrtr#client-requirements-basic-workflow'),
      ...in2026('server/tools#input-required-tool-results'),
    ],
    level: 'MUST',
    requirement: 'Give every round an id of its own.',
    by: ['sdk'],
    note: 'A round is a request like any other.',
    tests: scenarios('sep-2322-client-request-state'),
  },
  {
    id: 'rounds:isolated',
    places: in2026('basic/patterns/mrtr#client-requirements-basic-workflow'),
    level: 'MUST NOT',
    requirement: 'Use inputs or state of one request for another one.',
    by: ['sdk'],
    note: 'They live in the call that they came for.',
    tests: scenarios('sep-2322-client-request-state'),
  },
  {
    id: 'rounds:bounded',
    places: in2026('basic/patterns/mrtr#server-requirements-basic-workflow'),
    level: 'text',
    requirement: 'Expect a server that asks again and again.',
    by: ['runtime'],
    note: 'A call is given up after ten rounds.',
    tests: tests(FACTS, 'gives up a call that asks without an end'),
  },
  {
    id: 'pattern:no-responses',
    places: [
      ...in2026('basic/patterns'),
      ...in2026('basic/transports/stdio#sending-messages'),
      ...in2026('basic/transports/streamable-http#sending-messages'),
    ],
    level: 'MUST NOT',
    requirement: 'Send a JSON-RPC response; a request of a server has no place here.',
    by: ['sdk'],
    note: 'Such a request is dropped, and the epoch serves on.',
    tests: tests('unit/link/discover-link.test.ts', 'answers no request of a server, and is not harmed by one'),
  },
  {
    id: 'subscription:acknowledged',
    places: in2026('basic/patterns/subscriptions#acknowledgment'),
    level: 'SHOULD',
    requirement: 'Compare what the server acknowledged with what was asked for.',
    by: ['runtime'],
    note: '`subscribeResource` rejects for a resource that is left out; a later epoch tells it in `session.restored`.',
    tests: tests('unit/link/discover-link.test.ts', 'is refused where the server does not acknowledge it'),
  },
  {
    id: 'subscription:correlated',
    places: [
      ...in2026('basic/patterns/subscriptions#receiving-notifications'),
      ...in2026('basic/transports/stdio#receiving-messages'),
    ],
    level: 'MUST',
    requirement: 'Match notifications to their subscription by `subscriptionId`.',
    by: ['runtime', 'sdk'],
    note: 'Over stdio all share one channel: what names another one is dropped. Over HTTP each has its own stream.',
    tests: [
      ...tests('unit/link/discover-link.test.ts', 'is told what carries its id, and nothing of another'),
      ...tests(FACTS, 'is told of resources that it subscribed to, in every life of the server'),
    ],
  },
  {
    id: 'subscription:again',
    places: [
      ...in2026('basic/patterns/subscriptions#graceful-closure'),
      ...in2026('basic/transports/stdio#unexpected-termination'),
    ],
    level: 'MUST',
    requirement: 'Listen again after a connection was lost and came back.',
    by: ['runtime'],
    note: 'On every transport, and when the stream alone ended; what may have been missed is looked for.',
    tests: tests(
      FACTS,
      'subscribes again when the subscription ended, and looks at what it may have missed',
      'is told of resources that it subscribed to, in every life of the server',
    ),
  },
  {
    id: 'subscription:ended',
    places: in2026('basic/patterns/subscriptions#cancellation'),
    level: 'text',
    requirement: 'Take an answer to `subscriptions/listen`, and its cancellation by the server, for its end.',
    by: ['sdk', 'runtime'],
    note: 'It is opened again, with growing pauses.',
    tests: tests(FACTS, 'subscribes again when the subscription ended, and looks at what it may have missed'),
  },
  {
    id: 'reply:reissued',
    places: in2026('changelog#major-changes'),
    level: 'MUST',
    requirement: 'Where the stream of a reply broke, send the request again as a new one, under a new id.',
    by: ['runtime', 'host'],
    note: 'Done for what only reads, or is said to be idempotent. A call that may have run fails as `unknown`: the host decides (`retry`).',
    tests: [
      ...tests(STREAMABLE, 'fails a call at once whose reply was lost by a %s, and lives on'),
      ...tests(
        'unit/call/requester.test.ts',
        'is sent again when that is safe: %s, %s',
        'is sent again when its caller says so',
      ),
    ],
  },
];
