/** Tools: their definitions, calling them, and what comes back. */

import { contract, faults, in2026, inBoth, type SpecificationRow, scenarios, tests } from './row.ts';

const LISTING = 'unit/connection/tool-listing.test.ts';
const REQUESTER = 'unit/call/requester.test.ts';
const DIRECTORY = 'unit/catalog/directory.test.ts';
const STRUCTURED = 'eras/structured-results.test.ts';

const SECURITY = 'server/tools#security-considerations';

export const TOOLS: readonly SpecificationRow[] = [
  {
    id: 'tools:annotations',
    places: inBoth('server/tools#tool'),
    level: 'MUST',
    requirement: 'Trust annotations of a tool only where its server is trusted.',
    by: ['runtime', 'host'],
    note: '`trusted` per server, false by default; a hint of any other server changes nothing.',
    tests: tests(
      REQUESTER,
      'is not sent again on the word of a server that is not trusted',
      'is sent again when a trusted server says that it does no harm',
    ),
  },
  {
    id: 'tools:schema',
    places: inBoth('server/tools#tool'),
    level: 'text',
    requirement: 'Expect definitions whose schema is none, although a server MUST NOT give them.',
    by: ['runtime', 'sdk'],
    note: 'Left out and told; the other tools can be called.',
    tests: [
      ...contract('hostile:tool:shape'),
      ...tests(LISTING, 'lose the ones that are none or too much, and nothing else'),
      ...faults('list:bad-tool'),
    ],
  },
  {
    id: 'tools:names',
    places: inBoth('server/tools#tool-names'),
    level: 'SHOULD',
    requirement: 'Tell names of tools apart by case, and take any.',
    by: ['runtime'],
    note: 'They are sent back exactly as they came.',
    tests: tests('unit/catalog/catalog.test.ts', 'keeps servers apart, and takes any name of a tool'),
  },
  {
    id: 'tools:disambiguated',
    places: in2026('server/tools#tool-names'),
    level: 'SHOULD',
    requirement: 'Tell equal names of several servers apart, and not by what servers call themselves (SHOULD NOT).',
    by: ['runtime', 'host'],
    note: 'Every verb takes the name that the host gave the server; a host that flattens lists prefixes that.',
    tests: tests('unit/catalog/catalog.test.ts', 'keeps servers apart, and takes any name of a tool'),
  },
  {
    id: 'tools:human',
    places: [...inBoth('server/tools#user-interaction-model'), ...inBoth(SECURITY)],
    level: 'SHOULD',
    requirement:
      'Keep a person in the loop: show which tools there are and when they are used, show inputs, ask before what is sensitive.',
    by: ['host'],
    note: '`listTools()`, `catalog.changed` and one verb for all calls, around which the host asks and shows.',
    tests: contract('info:tools:changed'),
  },
  {
    id: 'tools:timeouts',
    places: inBoth(SECURITY),
    level: 'SHOULD',
    requirement: 'Limit the time of calls.',
    by: ['runtime'],
    note: '`callTimeoutMs` per server and per call.',
    tests: contract('call:timeout:cancelled', 'call:idle:silent'),
  },
  {
    id: 'tools:audit',
    places: inBoth(SECURITY),
    level: 'SHOULD',
    requirement: 'Log the use of tools.',
    by: ['host', 'runtime'],
    note: 'The host logs around `callTool`: the result, or an error with server, epoch, outcome and attempts. What is repeated without it is the event `call.retried`.',
    tests: tests('unit/call/failure.test.ts', 'by %s has its code and its outcome'),
  },
  {
    id: 'tools:results-checked',
    places: inBoth(SECURITY),
    level: 'SHOULD',
    requirement: 'Check results before a model sees them.',
    by: ['runtime', 'host'],
    note: 'A result of the wrong shape is `REPLY_INVALID`, sizes are bounded; what a text says is for the host to judge.',
    tests: [...contract('hostile:result:shape', 'hostile:message:huge'), ...faults('reply:wrong-shape')],
  },
  {
    id: 'tools:output-schema',
    places: [...inBoth('server/tools#output-schema'), ...in2026(SECURITY)],
    level: 'SHOULD',
    requirement: 'Check structured content against `outputSchema`, following no reference into the network.',
    by: ['runtime'],
    note: 'What breaks the schema fails the call, `RESULT_INVALID`, that of a task too; nothing is ever fetched. `checkResults: false` turns it off.',
    tests: [
      ...tests(
        STRUCTURED,
        'that is what the output schema says is passed on',
        'that is not fails the call, which says where and not what, and is never repeated',
        'is passed on unchecked, and that is told, where the schema is %s',
      ),
      ...tests('tasks/facts.ts', 'checks the result against what its tool declares'),
    ],
  },
  {
    id: 'tools:errors-to-model',
    places: inBoth('server/tools#error-handling'),
    level: 'SHOULD',
    requirement: 'Give errors of tools to the model.',
    by: ['host', 'runtime'],
    note: 'A result with `isError` resolves as it is, apart from errors of the protocol, which reject.',
    tests: [...contract('call:result:tool-error', 'call:error:rpc')],
  },
  {
    id: 'tools:list-changed',
    places: inBoth('server/tools#list-changed-notification'),
    level: 'text',
    requirement: 'List the tools again when the server says that they changed, and after it was away.',
    by: ['runtime'],
    note: 'The event `catalog.changed`; a flood of notifications costs a handful of lists.',
    tests: [
      ...contract('info:tools:changed', 'hostile:notification:flood'),
      ...tests('eras/facts.ts', 'hears that tools changed'),
      ...tests(
        DIRECTORY,
        'says what changed between two lists of tools, and keeps them while the connection comes back',
      ),
    ],
  },
  {
    id: 'pagination:opaque',
    places: inBoth('server/utilities/pagination#implementation-guidelines'),
    level: 'MUST',
    requirement: 'Take cursors as they are: an empty one is one too.',
    by: ['runtime', 'sdk'],
    note: 'Only whether one came before is looked at, so that a list cannot go round in circles.',
    tests: [
      ...tests(LISTING, 'follow an empty cursor like any other', 'are refused when a cursor comes twice'),
      ...faults('pages:same-cursor'),
    ],
  },
  {
    id: 'pagination:end',
    places: [
      ...inBoth('server/utilities/pagination#implementation-guidelines'),
      ...inBoth('server/utilities/pagination#pagination-model'),
    ],
    level: 'SHOULD',
    requirement: 'Take a missing `nextCursor` for the end, support one page and many, and assume no size (MUST NOT).',
    by: ['runtime'],
    note: 'All pages together are bounded in number, size and time.',
    tests: [
      ...tests(LISTING, 'are fetched over all pages, in order', 'may fill exactly as many pages as are allowed'),
      ...contract('hostile:pages:endless'),
    ],
  },
  {
    id: 'tools:schema-preserved',
    places: inBoth('basic#json-schema-usage'),
    level: 'text',
    requirement: 'Hand on schemas with every keyword they came with.',
    by: ['runtime', 'sdk'],
    note: 'Nothing is taken out of a definition but secrets of the configuration.',
    tests: scenarios('json-schema-2020-12-preservation'),
  },
];
