/** Resources, prompts, completion, logging, and for how long lists may be kept. */

import { contract, in2025, in2026, inBoth, type SpecificationRow, tests } from './row.ts';

const FACTS = 'eras/facts.ts';
const KEPT = 'eras/kept-results.test.ts';
const CACHING = 'server/utilities/caching';

export const RESOURCES_AND_PROMPTS: readonly SpecificationRow[] = [
  {
    id: 'resources:subscribed-again',
    places: [...in2025('server/resources#subscriptions'), ...in2026('basic/patterns/subscriptions#graceful-closure')],
    level: 'text',
    requirement: 'Subscribe again in a new session, and look for what changed meanwhile.',
    by: ['runtime'],
    note: '`subscribeResource` declares once; `resource.updated` tells each change at least once, `missed` where the server did not.',
    tests: [
      ...contract('session:subscription:restored', 'session:update:missed', 'session:update:same'),
      ...tests(FACTS, 'is told of resources that it subscribed to, in every life of the server'),
    ],
  },
  {
    id: 'resources:pagination',
    places: inBoth('server/utilities/pagination#operations-supporting-pagination'),
    level: 'SHOULD',
    requirement: 'Fetch all pages of resources and templates.',
    by: ['runtime'],
    note: '`listResources` and `listResourceTemplates` give the whole list, within the bounds of tools.',
    tests: contract('lists:pages:all'),
  },
  {
    id: 'resources:list-changed',
    places: inBoth('server/resources#list-changed-notification'),
    level: 'text',
    requirement: 'List resources again when the server says that they changed.',
    by: ['runtime'],
    note: 'A list that the host asked for is followed: `catalog.changed` tells what is different, after a gap too.',
    tests: [
      ...contract('lists:changed:missed', 'lists:changed:unasked'),
      ...tests(FACTS, 'is told of lists that changed, and believes them no longer'),
    ],
  },
  {
    id: 'prompts:pagination',
    places: inBoth('server/prompts#implementation-considerations'),
    level: 'SHOULD',
    requirement: 'Fetch all pages of prompts.',
    by: ['runtime'],
    note: '`listPrompts` gives the whole list, within the bounds of tools.',
    tests: contract('lists:pages:all', 'lists:bounds:endless'),
  },
  {
    id: 'prompts:list-changed',
    places: inBoth('server/prompts#list-changed-notification'),
    level: 'text',
    requirement: 'List prompts again when the server says that they changed.',
    by: ['runtime'],
    note: 'As of resources; a flood of notifications costs a handful of lists.',
    tests: [
      ...contract('lists:changed:followed', 'lists:changed:flood'),
      ...tests(FACTS, 'is told of lists that changed, and believes them no longer'),
    ],
  },
  {
    id: 'prompts:validated',
    places: inBoth('server/prompts#security'),
    level: 'MUST',
    requirement: 'Check what goes into prompts and what comes out of them.',
    by: ['host', 'runtime'],
    note: 'Entries and replies of a wrong shape are left out or `REPLY_INVALID`; what arguments and texts say is for the host to judge.',
    tests: [
      ...contract('lists:entry:wrong'),
      ...tests('unit/link/initialize-server-side.test.ts', 'find a reply to %s that is of no use invalid'),
    ],
  },
  {
    id: 'completion:paced',
    places: inBoth('server/utilities/completion#implementation-considerations'),
    level: 'SHOULD',
    requirement: 'Ask for completions not at every key, keep them where that helps, and do with few or none.',
    by: ['host', 'runtime'],
    note: '`complete` asks once for each call, is taken back by its signal, and gives what there is; none is no error.',
    tests: contract('lists:prompt:get', 'call:abort:cancelled'),
  },
  {
    id: 'completion:limited',
    places: inBoth('server/utilities/completion#security'),
    level: 'MUST',
    requirement: 'Check inputs, limit the rate, and let nothing be found out by completing.',
    by: ['host', 'runtime'],
    note: '`maxConcurrent` of a server bounds requests under way; what may be asked for is the host’s to say.',
    tests: tests('unit/call/requester.test.ts', 'is sent no more than that, and the next one when one has ended'),
  },
  {
    id: 'logging:level',
    places: [
      ...in2025('server/utilities/logging#setting-log-level'),
      ...in2026('server/utilities/logging#per-request-log-level'),
    ],
    level: 'text',
    requirement: 'Say how much is to be logged: by `logging/setLevel`, in 2026-07-28 with every request.',
    by: ['runtime'],
    note: '`setLoggingLevel` holds in every epoch, in either revision.',
    tests: [
      ...contract('session:loglevel:restored', 'session:capability:missing'),
      ...tests(FACTS, 'says the log level with every request'),
    ],
  },
  {
    id: 'logging:security',
    places: inBoth('server/utilities/logging#security'),
    level: 'SHOULD',
    requirement: 'Limit the rate of logs, check their fields, control who reads them, and watch for what is sensitive.',
    by: ['runtime', 'host'],
    note: '`log.received` is scrubbed, cut, and dropped beyond `maxLogsPerSecond`; where it goes is the host’s.',
    tests: [
      ...contract('session:log:scrubbed', 'session:log:flood'),
      ...tests('unit/link/initialize-server-side.test.ts', 'is told: logs and updates, and nothing of a wrong shape'),
    ],
  },
  {
    id: 'cache:key',
    places: in2026(`${CACHING}#cache-key`),
    level: 'MUST NOT',
    requirement: 'Answer a request from a cache that was filled by another one, in method or parameters.',
    by: ['runtime'],
    note: 'A reading is kept under its URI, a list under its name, each for its own server.',
    tests: [
      ...tests(KEPT, 'a result is kept for one resource of one server in one epoch'),
      ...tests('unit/session/read-cache.test.ts', 'is had again under its own URI, until its time is over'),
    ],
  },
  {
    id: 'cache:rounds',
    places: in2026(`${CACHING}#cache-key`),
    level: 'MUST NOT',
    requirement: 'Keep what came of further rounds of a request.',
    by: ['runtime'],
    note: 'Such a result is stale at once, whatever the server says.',
    tests: tests('unit/link/discover-link.test.ts', 'believes nothing for long that came of what a person answered'),
  },
  {
    id: 'cache:ttl',
    places: [...in2026(`${CACHING}#time-to-live-ttl-field`), ...in2026(`${CACHING}#freshness-calculation`)],
    level: 'SHOULD',
    requirement:
      'Take a result for fresh as long as `ttlMs` says; not at all where it is 0, negative or absent; then fetch it again when it is needed.',
    by: ['runtime'],
    note: 'At most a day; `fresh: true` asks anyway.',
    tests: [
      ...tests(
        FACTS,
        'lists what else it has, and believes it for as long as the server says',
        'fetches tools again that may not be believed any more, once somebody looks',
      ),
      ...tests(
        'unit/link/discover-link.test.ts',
        'reads a resource whose server says for how long it may be believed: %s',
      ),
    ],
  },
  {
    id: 'cache:no-polling',
    places: in2026(`${CACHING}#freshness-calculation`),
    level: 'SHOULD NOT',
    requirement: 'Poll by `ttlMs`; where it is done, with jitter and backoff (MUST).',
    by: ['runtime'],
    note: 'What is stale is fetched when somebody asks for it.',
    tests: tests(KEPT, 'nothing is fetched again by itself when its time is over'),
  },
  {
    id: 'cache:scope',
    places: in2026(`${CACHING}#cache-scope-field`),
    level: 'MUST NOT',
    requirement: 'Share private results between authorizations.',
    by: ['runtime'],
    note: 'Kept for one server, that is one authorization, and one epoch; a new authorization within it forgets them.',
    tests: [
      ...tests(KEPT, 'a result is kept for one resource of one server in one epoch'),
      ...tests('authorization/kept-results.test.ts', 'forgets what was kept for the authorization before'),
    ],
  },
  {
    id: 'cache:invalidated',
    places: in2026(`${CACHING}#interaction-with-notifications`),
    level: 'text',
    requirement: 'Take a result for stale at once when a notification says so.',
    by: ['runtime'],
    note: 'Tools, and lists the host asked for, are fetched again at once; readings are forgotten.',
    tests: [
      ...tests(FACTS, 'hears that tools changed', 'is told of lists that changed, and believes them no longer'),
      ...tests('unit/session/read-cache.test.ts', 'is forgotten, or not, when %s changes'),
      ...tests('unit/session/kept-lists.test.ts', 'a list that changes while it is fetched is taken, and not believed'),
    ],
  },
  {
    id: 'cache:pages',
    places: in2026(`${CACHING}#interaction-with-pagination`),
    level: 'SHOULD',
    requirement:
      'Fetch a stale page by its cursor, a whole list from its beginning, and start anew when a cursor is refused.',
    by: ['runtime'],
    note: 'Pages are never kept alone: a list is fetched whole, and once more from its beginning when a cursor is refused.',
    tests: tests(KEPT, 'a list whose cursor is refused is fetched from its beginning'),
  },
];
