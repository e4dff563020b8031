/**
 * What a server can send that the random cases draw sometimes, each by its name and each time: afterwards the call has
 * ended in time, another server was served meanwhile, requests and epochs stayed bounded, and the server serves again.
 */

import { describe, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import type { Kind } from './cases.ts';
import { runCases } from './fuzzer.ts';
import { IDS, LIMIT_BYTES, RESULTS } from './messages.ts';
import { bytesOf, type FuzzCase, type Point, type Utterance } from './utterance.ts';

watchForLeaks();

const GOOD = '{"content":[{"type":"text","text":"hi"}]}';
const reply = (result: string, id = '@ID@'): string => `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
const nest = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);
const ALL: readonly Kind[] = ['stdio', 'sse', 'streamable_http'];
const HTTP: readonly Kind[] = ['sse', 'streamable_http'];

/** Messages in the frame of a transport, cut in the middle. */
function said(point: Point, texts: readonly string[], then: Utterance['then'] = 'reply') {
  return (kind: Kind): FuzzCase => {
    const frame = (text: string): string => (kind === 'stdio' ? `${text}\n` : `data: ${text}\n\n`);
    return raw(point, bytesOf(texts.map(frame).join('')), then)(kind);
  };
}

function raw(point: Point, text: string, then: Utterance['then'], as: Utterance['as'] = 'events') {
  return (_kind: Kind): FuzzCase => ({ name: point, point, utterance: { text, cuts: [0.5], then, as } });
}

function list(tools: string, cursor: string) {
  return (kind: Kind): FuzzCase => {
    const then = kind === 'streamable_http' ? 'end' : 'nothing';
    return said('tools/list', [reply(`{"tools":[${tools}],"nextCursor":${cursor}}`)], then)(kind);
  };
}

/** On the bare socket, with a body that would be a proper reply. */
function answered(head: string) {
  const type = 'Content-Type: application/json\r\nConnection: close\r\n';
  return raw('tools/call', `HTTP/1.1 ${head}\r\n${type}\r\n${reply(GOOD)}`, 'end', 'socket');
}

const NAMED: readonly [name: string, kinds: readonly Kind[], of: (kind: Kind) => FuzzCase][] = [
  [
    'ids of every JSON type',
    ALL,
    said(
      'tools/call',
      IDS.map((id) => reply(GOOD, id)),
    ),
  ],
  [
    'results of every JSON type',
    ALL,
    said(
      'tools/call',
      RESULTS.map((result) => reply(result, '"none"')),
    ),
  ],
  [
    'huge numbers',
    ALL,
    said('tools/call', [
      reply('{"content":[],"structuredContent":{"n":1e999,"d":123456789012345678901234567890,"s":1e-400}}'),
      '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":@ID@,"progress":1e999}}',
      `{"jsonrpc":"2.0","id":${'9'.repeat(5_000)},"method":"ping"}`,
    ]),
  ],
  [
    'keys that come twice',
    ALL,
    said('tools/call', [`{"jsonrpc":"2.0","id":5,"id":@ID@,"result":{},"result":${GOOD}}`]),
  ],
  [
    'keys named __proto__',
    ALL,
    said('tools/call', [
      '{"__proto__":{"polluted":true},"jsonrpc":"2.0","method":"notifications/x","params":{"__proto__":{"polluted":true}}}',
      reply('{"content":[],"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'),
    ]),
  ],
  [
    'lone surrogates, NUL and directional characters',
    ALL,
    said('tools/call', [reply('{"content":[{"type":"text","text":"\\ud800\\u0000\\u202e\\ufeff\\udc00"}]}')]),
  ],
  ['a byte order mark', ALL, said('tools/call', [`\ufeff${reply(GOOD)}`, reply(GOOD)])],
  ['invalid UTF-8', ALL, raw('tools/call', '\xff\xfe\xc0\x80\n\ndata: \xed\xa0\x80\n\n\xf8\n', 'reply')],
  ['line ends of every kind', ALL, raw('tools/call', '\r\n\r\r\n\n\rdata: x\r\ndata:\r\n\n\r\n\r', 'reply')],
  ['a nesting of 10 000 levels', ALL, said('tools/call', [reply(nest(10_000)), nest(10_000)])],
  [
    'messages around the largest size',
    ALL,
    said(
      'tools/call',
      [-1, 0, 1].map((more) => `"${'x'.repeat(LIMIT_BYTES - 2 + more)}"`),
    ),
  ],
  [
    'fields of events of every form and size',
    HTTP,
    raw(
      'tools/call',
      `retry: ${'9'.repeat(20)}\nretry: -1\nretry: 1e3\nevent: ${'e'.repeat(50_000)}\nid: ${'i'.repeat(50_000)}\nid: \0\n` +
        'event: error\ndata: x\n\nevent: endpoint\ndata: http://127.0.0.1:1/\n\nno field\n:::\n\n',
      'reply',
    ),
  ],
  ['a header of 300 kB', HTTP, answered(`200 OK\r\nX-Huge: ${'h'.repeat(300_000)}`)],
  [
    '3 000 headers',
    HTTP,
    answered(`200 OK\r\n${Array.from({ length: 3_000 }, (_, n) => `X-${n}: ${n}`).join('\r\n')}`),
  ],
  ['a chain of redirects without end', HTTP, answered('307 Again\r\nLocation: ?again=@N@')],
  ['a redirect to another origin', HTTP, answered('307 Away\r\nLocation: http://127.0.0.1:1/')],
  ['a storm of retry: 0', ['streamable_http'], raw('GET', 'id: 1\nretry: 0\ndata:\n\n', 'end')],
  [
    'a reply of forty thousand wrong items',
    ALL,
    said('tools/call', [reply(`{"content":[${'{},'.repeat(40_000)}{}]}`)]),
  ],
  ['endless pages', ALL, list('', '"@N@"')],
  ['colliding cursors', ALL, list('', '"same"')],
  [
    'schemas that explode',
    ALL,
    list(`{"name":"deep","inputSchema":{"type":"object","properties":{"a":${nest(5_000)}}}}`, '"last"'),
  ],
];

describe.each(NAMED)('%s', (name, kinds, of) => {
  it.each(kinds)('over %s cost at most an epoch', { timeout: 30_000 }, async (kind) => {
    await runCases(kind, [{ hint: name, fuzzCase: of(kind) }]);
  });
});
