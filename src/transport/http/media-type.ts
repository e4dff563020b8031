/** What kind of body an answer has, as far as MCP knows kinds of bodies. Pure. */

import type { ResponseHead } from './exchange.ts';

/** The kinds of bodies that carry messages; anything else is `other`. */
export type BodyKind = 'json' | 'event-stream' | 'other';

/** Tell the kind of a body by its head. A compressed body is `other`: we never asked for one. */
export function bodyKind(head: ResponseHead): BodyKind {
  const encoding = head.header('content-encoding')?.trim().toLowerCase();
  if (encoding !== undefined && encoding !== '' && encoding !== 'identity') return 'other';
  switch (head.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()) {
    case 'application/json':
      return 'json';
    case 'text/event-stream':
      return 'event-stream';
    default:
      return 'other';
  }
}
