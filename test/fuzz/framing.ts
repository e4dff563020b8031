/** Puts hostile messages into the frames of a transport, and makes frames that are hostile themselves. */

import type { Chance } from '../../src/testing/chance.ts';
import { flood, hostileMessage, LIMIT_BYTES } from './messages.ts';
import { mutate, type Saying } from './utterance.ts';

const GOOD_REPLY = '{"jsonrpc":"2.0","id":@ID@,"result":{"content":[{"type":"text","text":"hi"}]}}';
const INVALID_UTF8 = '\xff\xfe\xc0\x80\xed\xa0\x80\xf8';
const BOM = '\xef\xbb\xbf';

/** Draw what a stdio server writes on its stdout. */
export function hostileLines(chance: Chance): Saying {
  const end = chance.pick(['\n', '\n', '\r\n', '\n\n', '\n\r\n', '\r']);
  const draw = chance.pick<() => Saying>([
    () => framed(hostileMessage(chance), (text) => text + end),
    () => framed(hostileMessage(chance), (text) => text + end),
    () => framed(hostileMessage(chance), (text) => text + end),
    () => {
      const { name, texts } = flood(chance);
      return { name, text: texts.map((text) => `${text}\n`).join('') };
    },
    () => ({ name: 'a byte order mark', text: `${BOM}${GOOD_REPLY}${end}` }),
    () => ({ name: 'invalid UTF-8', text: `${INVALID_UTF8}${end}${GOOD_REPLY}${end}` }),
    () => ({ name: 'NUL characters', text: `\0\0${end}\0${GOOD_REPLY}\0${end}` }),
    () => ({ name: 'half a line', text: GOOD_REPLY.slice(0, chance.whole(1, GOOD_REPLY.length)) }),
    () => ({ name: 'two replies on one line', text: `${GOOD_REPLY}${GOOD_REPLY}${end}` }),
    () => ({ name: 'a reply over two lines', text: GOOD_REPLY.replace(',', ',\n') + end }),
    () => ({ name: 'a line without end', text: 'x'.repeat(chance.pick([LIMIT_BYTES, 4 * LIMIT_BYTES])) }),
    () => ({ name: 'empty lines', text: '\n'.repeat(chance.whole(1, 20_000)) }),
    () => ({ name: 'a log', text: 'listening on stdio\n'.repeat(chance.whole(1, 500)) }),
  ]);
  return draw();
}

/** Draw what a server writes on a stream of events. */
export function hostileEvents(chance: Chance): Saying {
  const end = chance.pick(['\n', '\n', '\r\n', '\r']);
  const event = (text: string, ...fields: string[]): string =>
    [...fields, `data: ${text.replaceAll('\n', '')}`, '', ''].join(end);
  const draw = chance.pick<() => Saying>([
    () => framed(hostileMessage(chance), (text) => event(text)),
    () => framed(hostileMessage(chance), (text) => event(text, 'event: message')),
    () =>
      framed(hostileMessage(chance), (text) =>
        event(text, `id: ${chance.pick(['', '1', '\0', 'x'.repeat(9_000), 'ä'])}`),
      ),
    () => {
      const { name, texts } = flood(chance);
      return { name, text: texts.map((text) => event(text)).join('') };
    },
    () => ({ name: 'strange fields', text: strangeFields(chance, end) }),
    () => ({ name: 'fields with changed bytes', text: mutate(event(GOOD_REPLY, 'event: message', 'id: 1'), chance) }),
    () => ({ name: 'line ends mixed', text: `\n\r\r\n\ndata: ${GOOD_REPLY}\r\ndata:\r\n\n\r` }),
    () => ({
      name: 'a reply over many data lines',
      text: `data: ${GOOD_REPLY.replaceAll(',', `,${end}data: `)}${end}${end}`,
    }),
    () => ({ name: 'a byte order mark', text: `${BOM}${event(GOOD_REPLY)}${BOM}${event(GOOD_REPLY)}` }),
    () => ({ name: 'invalid UTF-8', text: `data: ${INVALID_UTF8}${end}${end}${INVALID_UTF8}: x${end}${end}` }),
    () => ({ name: 'an event without end', text: 'data: x\n'.repeat(chance.pick([1_000, LIMIT_BYTES])) }),
    () => ({ name: 'a line without end', text: `data: ${'x'.repeat(chance.pick([LIMIT_BYTES, 4 * LIMIT_BYTES]))}` }),
    () => ({ name: 'a comment without end', text: `:${'x'.repeat(2 * LIMIT_BYTES)}` }),
    () => ({ name: 'comments', text: ': keep-alive\n\n'.repeat(chance.whole(1, 20_000)) }),
    () => ({ name: 'another endpoint', text: event('http://127.0.0.1:1/stolen', 'event: endpoint') }),
  ]);
  return draw();
}

function strangeFields(chance: Chance, end: string): string {
  const field = (): string =>
    chance.pick([
      'retry: 0',
      'retry: 1',
      'retry: -1',
      'retry: 99999999999999999999',
      'retry: 1e3',
      'retry',
      'retry: 0x10',
      'id',
      'id:',
      'event:',
      'event: endpoint',
      'event: error',
      'data',
      'data:',
      'data : x',
      ' data: x',
      'no field',
      ':',
      '::',
      'DATA: x',
      'event: __proto__',
      `event: ${'e'.repeat(5_000)}`,
      `unheard-of: ${'u'.repeat(5_000)}`,
      'data: {',
      'id: \0',
      '',
    ]);
  return Array.from({ length: chance.whole(1, 40) }, field).join(end) + end + end;
}

function framed({ name, text }: Saying, frame: (text: string) => string): Saying {
  return { name, text: frame(text) };
}
