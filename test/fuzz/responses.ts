/** Hostile HTTP responses, byte for byte, as a server writes them on the socket. */

import type { Chance } from '../../src/testing/chance.ts';
import { LIMIT_BYTES } from './messages.ts';
import { mutate, type Saying } from './utterance.ts';

const REPLY = '{"jsonrpc":"2.0","id":@ID@,"result":{"content":[{"type":"text","text":"hi"}]}}';
const JSON_TYPE = 'Content-Type: application/json';
const TYPES = [
  'text/html',
  'text/event-stream; charset=utf-16',
  'application/json;;;',
  'APPLICATION/JSON',
  '',
  '\xff',
  '*/*',
  'text/event-streamed',
  'application/json, text/event-stream',
  'a'.repeat(3_000),
];
const STATUSES = [
  100, 101, 103, 199, 204, 205, 206, 226, 300, 304, 400, 401, 402, 403, 404, 405, 406, 409, 410, 413, 415, 418, 421,
  425, 429, 431, 500, 501, 502, 503, 504, 511, 599, 600, 999,
];
const RETRY_AFTER = ['0', '-1', '1e9', '99999999999', 'Wed, 21 Oct 2015 07:28:00 GMT', 'soon', '0.001', '', '\xff'];
const ENCODINGS = ['gzip', 'br', 'deflate', 'zstd', 'identity', 'gzip, gzip', 'x-unheard-of', ''];
const PLACES = [
  '/mcp',
  '/sse',
  '/',
  '?again=@N@',
  '//127.0.0.1:1/',
  'http://127.0.0.1:1/',
  'http://localhost:1/',
  'javascript:1',
  'http://[',
  '',
  '\xff',
  'http://user:secret@127.0.0.1:1/',
  'file:///etc/hostname',
  'x'.repeat(9_000),
];

/** Draw one response. */
export function hostileResponse(chance: Chance): Saying {
  const draw = chance.pick<() => Saying>([
    () => saying('a wrong content type', response(200, [`Content-Type: ${chance.pick(TYPES)}`], REPLY)),
    () => saying('no content type', response(200, [], REPLY)),
    () => saying('two content types', response(200, [JSON_TYPE, 'Content-Type: text/event-stream'], REPLY)),
    () =>
      saying('a content encoding', response(200, [JSON_TYPE, `Content-Encoding: ${chance.pick(ENCODINGS)}`], REPLY)),
    () => {
      const status = chance.pick(STATUSES);
      return saying(
        `status ${status}`,
        response(status, [JSON_TYPE, `Retry-After: ${chance.pick(RETRY_AFTER)}`], REPLY),
      );
    },
    () => {
      const [status, place] = [chance.pick([301, 302, 303, 307, 308]), chance.pick(PLACES)];
      return saying(`redirect ${status} to '${place.slice(0, 40)}'`, response(status, [`Location: ${place}`], ''));
    },
    () => saying('a redirect to nowhere', response(307, [], '')),
    () =>
      saying(
        'a challenge',
        response(401, [`WWW-Authenticate: ${chance.pick(['', 'Bearer', 'x'.repeat(5_000), ',,,='])}`], ''),
      ),
    () => saying('a length too great', head(200, [JSON_TYPE, `Content-Length: ${REPLY.length + 500}`]) + REPLY),
    () => saying('a length too small', head(200, [JSON_TYPE, 'Content-Length: 5']) + REPLY),
    () =>
      saying(
        'strange lengths',
        head(200, [JSON_TYPE, `Content-Length: ${chance.pick(['-1', '1e3', 'x', '9'.repeat(30)])}`]) + REPLY,
      ),
    () => saying('two lengths', head(200, [JSON_TYPE, 'Content-Length: 5', 'Content-Length: 6']) + REPLY),
    () =>
      saying('length and chunks', head(200, [JSON_TYPE, 'Content-Length: 5', 'Transfer-Encoding: chunked']) + REPLY),
    () => saying('broken chunks', head(200, [JSON_TYPE, 'Transfer-Encoding: chunked']) + chance.pick(CHUNKS)),
    () =>
      saying(
        'a huge header',
        response(200, [JSON_TYPE, `X-Huge: ${'h'.repeat(chance.pick([8_000, 20_000, 300_000]))}`], REPLY),
      ),
    () =>
      saying(
        'many headers',
        response(200, [JSON_TYPE, ...Array.from({ length: 3_000 }, (_, n) => `X-${n}: ${n}`)], REPLY),
      ),
    () =>
      saying(
        'strange headers',
        response(200, [JSON_TYPE, chance.pick(['__proto__: x', ': x', 'no colon', 'X-Y : z', 'X: \0'])], REPLY),
      ),
    () =>
      saying(
        'another session',
        response(200, [JSON_TYPE, `Mcp-Session-Id: ${chance.pick(['', '\xff', 's'.repeat(9_000), 'other'])}`], REPLY),
      ),
    () =>
      saying(
        'a huge body',
        response(200, [JSON_TYPE], `"${'x'.repeat(chance.pick([LIMIT_BYTES - 2, LIMIT_BYTES, 4 * LIMIT_BYTES]))}"`),
      ),
    () => saying('nothing at all', ''),
    () => saying('a strange status line', chance.pick(LINES) + REPLY),
    () => saying('a response with changed bytes', mutate(response(200, [JSON_TYPE], REPLY), chance)),
    () => saying('two responses', response(200, [JSON_TYPE], REPLY) + response(200, [JSON_TYPE], REPLY)),
    () => saying('a hint first', `${head(103, ['Link: </x>'])}${response(200, [JSON_TYPE], REPLY)}`),
    () => saying('many hints', head(103, ['Link: </x>']).repeat(1_000) + response(200, [JSON_TYPE], REPLY)),
  ]);
  return draw();
}

const CHUNKS = [
  'zz\r\n',
  '-1\r\n',
  'ffffffffffffffff\r\nx',
  '5\r\nab',
  '0\r\n',
  '5;ext=\0\r\nabcde\r\n0\r\n\r\n',
  '3\nabc\n0\n\n',
];
const LINES = [
  'HTTP/0.9 200 OK\r\n\r\n',
  'HTTP/2.0 200 OK\r\n\r\n',
  'HTTP/1.0 200\r\n\r\n',
  'SSH-2.0-x\r\n',
  'HTTP/1.1 abc\r\n\r\n',
  '\0\0\0',
];

function response(status: number, headers: readonly string[], body: string): string {
  // A text of unknown length: it holds the marker of the id.
  return `${head(status, [...headers, 'Connection: close'])}${body}`;
}

function head(status: number, headers: readonly string[]): string {
  return `HTTP/1.1 ${status} Scripted\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
}

function saying(name: string, text: string): Saying {
  return { name, text };
}
