/** Hostile JSON-RPC messages, whatever carries them. Each text is one message, or JSON that is none. */

import type { Chance } from '../../src/testing/chance.ts';
import { bytesOf, mutate, type Saying } from './utterance.ts';

/** The largest message the library is told to take in the fuzzer: small, so that its edge is cheap to reach. */
export const LIMIT_BYTES = 128 * 1024;

const GOOD = '{"content":[{"type":"text","text":"hi"}]}';

export const IDS = [
  'null',
  '-1',
  '1.5',
  '1e999',
  '-0',
  '9007199254740993',
  '123456789012345678901234567890',
  'true',
  '{}',
  '[]',
  '""',
  '"@ID@"',
  '[@ID@]',
  '@ID@.0',
  '@ID@e0',
  '@ID@1',
  '"__proto__"',
  '"constructor"',
  `"${'9'.repeat(2_000)}"`,
];
export const RESULTS = [
  'null',
  '5',
  '"text"',
  '[]',
  '{}',
  'true',
  '{"content":null}',
  '{"content":{}}',
  '{"content":[null]}',
  '{"content":[{"type":"image"}]}',
  '{"content":[{"type":"text","text":7}]}',
  '{"content":[{"type":"unheard-of"}]}',
  '{"content":[{"type":"text","text":"\\ud800"}]}',
  '{"content":[{"type":"text","text":"\\u0000\\ufeff"}]}',
  '{"content":[],"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"content":[],"isError":"yes"}',
  '{"content":[],"structuredContent":[]}',
  '{"content":[],"_meta":5}',
  '{"content":[],"structuredContent":{"n":1e999,"z":-0,"h":123456789012345678901234567890,"s":1e-400}}',
];
const ERRORS = [
  'null',
  '5',
  '"text"',
  '[]',
  '{}',
  '{"code":"x","message":"y"}',
  '{"code":1e999,"message":"y"}',
  '{"code":1.5,"message":"y"}',
  '{"code":-32000}',
  '{"code":-32000,"message":7}',
  '{"code":-32001,"message":"t"}',
  '{"code":-32000,"message":"m","data":{"__proto__":{"polluted":true}}}',
  '{"code":-32042,"message":"url","data":5}',
  '{"code":408,"message":"request timed out"}',
  '{"code":-32800,"message":"cancelled"}',
];
const METHODS = [
  'ping',
  'sampling/createMessage',
  'elicitation/create',
  'roots/list',
  'unheard/of',
  '',
  '__proto__',
  'constructor',
  'toString',
  'initialize',
  'tools/call',
  'tasks/get',
];
const NOTIFICATIONS = [
  '"notifications/unheard-of"',
  '"notifications/tools/list_changed"',
  '"notifications/tools/list_changed","params":5',
  '"notifications/progress","params":{"progressToken":"__proto__","progress":1e999}',
  '"notifications/progress","params":{"progressToken":@ID@,"progress":"far"}',
  '"notifications/progress"',
  '"notifications/progress","params":{"progressToken":@ID@,"progress":-1,"total":-0}',
  '"notifications/message","params":{"level":"shout","data":null}',
  '"notifications/cancelled","params":{}',
  '"notifications/cancelled","params":{"requestId":@ID@}',
  '"notifications/resources/updated","params":{"uri":7}',
];

/** Draw one hostile message. */
export function hostileMessage(chance: Chance): Saying {
  const draw = chance.pick<() => Saying>([
    () => saying('reply with an id that is none of ours', reply(chance.pick(IDS), GOOD)),
    () => saying('result of a wrong shape', reply('@ID@', chance.pick(RESULTS))),
    () => saying('error of a wrong shape', `{"jsonrpc":"2.0","id":@ID@,"error":${chance.pick(ERRORS)}}`),
    () => saying('result and error', `{"jsonrpc":"2.0","id":@ID@,"result":${GOOD},"error":${chance.pick(ERRORS)}}`),
    () => saying('neither result nor error', '{"jsonrpc":"2.0","id":@ID@}'),
    () =>
      saying(
        'another JSON-RPC',
        `{"jsonrpc":${chance.pick(['"1.0"', '2.0', 'null', '"2.00"'])},"id":@ID@,"result":${GOOD}}`,
      ),
    () => saying('keys twice', `{"jsonrpc":"2.0","id":5,"id":@ID@,"result":{},"result":${GOOD}}`),
    () =>
      saying('JSON that is no message', chance.pick(['null', '[]', '5', '"x"', '{}', '[[]]', 'true', '-0', '1e999'])),
    () => saying('a batch', `[${reply('@ID@', GOOD)},${reply('@ID@', GOOD)}]`),
    () => saying('a request of the server', request(chance)),
    () => saying('a notification', `{"jsonrpc":"2.0","method":${chance.pick(NOTIFICATIONS)}}`),
    () => nested(chance),
    () => sized(chance),
    () => saying('a reply with changed bytes', mutate(reply('@ID@', GOOD), chance)),
    () => saying('a notification with changed bytes', mutate('{"jsonrpc":"2.0","method":"notifications/x"}', chance)),
  ]);
  const { name, text } = draw();
  return { name, text: bytesOf(text) };
}

/** Draw many messages of one kind: floods of notifications, of requests, of replies that nobody waits for. */
export function flood(chance: Chance): { readonly name: string; readonly texts: string[] } {
  const count = chance.pick([10, 200, 2_000]);
  const texts = Array.from({ length: count }, (_, index) => index);
  const draw = chance.pick<() => { name: string; texts: string[] }>([
    () => ({ name: 'a flood of list changes', texts: texts.map(() => message('notifications/tools/list_changed')) }),
    () => ({ name: 'a flood of notifications', texts: texts.map(() => message('notifications/unheard-of')) }),
    () => ({ name: 'a flood of pings', texts: texts.map((id) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`) }),
    () => ({ name: 'a flood of foreign replies', texts: texts.map((id) => reply(`"never-${id}"`, GOOD)) }),
    () => ({ name: 'the same reply again and again', texts: texts.map(() => reply('@ID@', GOOD)) }),
  ]);
  return draw();
}

function message(method: string): string {
  return `{"jsonrpc":"2.0","method":"${method}"}`;
}

function reply(id: string, result: string): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${result}}`;
}

function request(chance: Chance): string {
  const params = chance.pick(['', ',"params":5', ',"params":[]', ',"params":{}', ',"params":{"__proto__":{"x":1}}']);
  return `{"jsonrpc":"2.0","id":${chance.pick(IDS)},"method":"${chance.pick(METHODS)}"${params}}`;
}

function nested(chance: Chance): Saying {
  const depth = chance.pick([100, 1_000, 10_000]);
  const [open, close] = chance.pick<[string, string]>([
    ['[', ']'],
    ['{"a":', '}'],
  ]);
  const deep = `${open.repeat(depth)}1${close.repeat(depth)}`;
  const text = chance.pick([
    reply('@ID@', `{"content":[],"structuredContent":{"deep":${deep}}}`),
    reply('@ID@', deep),
    `{"jsonrpc":"2.0","id":@ID@,"error":{"code":-32000,"message":"deep","data":${deep}}}`,
    `{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":${deep}}}`,
    `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"_meta":${deep}}}`,
    deep,
  ]);
  return saying(`${depth} levels deep`, text);
}

/** A message whose size is just below, at or above the limit. */
function sized(chance: Chance): Saying {
  const bytes = chance.pick([LIMIT_BYTES - 1, LIMIT_BYTES, LIMIT_BYTES + 1, 2 * LIMIT_BYTES, 8 * LIMIT_BYTES]);
  const empty = reply('@ID@', '{"content":[{"type":"text","text":""}]}');
  // The id takes one to three digits in place of four: near the limit is near enough.
  const padding = chance.pick(['x', '\\n', '\u00e4']).repeat(1);
  const count = Math.floor((bytes - empty.length) / Buffer.byteLength(padding));
  return saying(`${bytes} bytes`, empty.replace('"text":""', `"text":"${padding.repeat(count)}"`));
}

function saying(name: string, text: string): Saying {
  return { name, text };
}
