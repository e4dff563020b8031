/** What a server may write where messages are expected, and is none; and how any text is written on each transport. */

import type { TransportKind } from '../../src/index.ts';

const NUL = String.fromCharCode(0);

/** No JSON, half of one, JSON that is no message, replies that nobody waits for, a notification that nobody knows. */
export const GARBAGE: readonly string[] = [
  'Server started at level info',
  '{"half": ',
  '[]',
  'null',
  `${NUL}${NUL}binary${NUL}`,
  '{"jsonrpc":"1.0","id":1,"result":{}}',
  '{"jsonrpc":"2.0","id":"nobody","result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse error"}}',
  '{"jsonrpc":"2.0","method":"notifications/unheard-of","params":{"deep":[[[[]]]]}}',
];

/** A text as a message of its own: a line, or an event. */
export function written(kind: TransportKind, text: string): string {
  return kind === 'stdio' || kind === 'in_process' ? `${text}\n` : `event: message\ndata: ${text}\n\n`;
}
