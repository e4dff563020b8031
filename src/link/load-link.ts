/** Finds the link of an era. Only the SDK line in use is loaded. */

import type { Transport } from '../transport/transport.ts';
import type { LinkContext } from './fenced-link.ts';
import type { Era, Link, LinkObserver } from './link.ts';

/** Load the code of the SDK line, and return how to construct a link without I/O. */
export async function loadLink(
  era: Era,
  context: Omit<LinkContext, 'observer'>,
): Promise<(transport: Transport, observer: LinkObserver) => Link> {
  const create = await loadLine(era);
  return (transport, observer) => create(transport, { ...context, observer });
}

async function loadLine(era: Era): Promise<(transport: Transport, context: LinkContext) => Link> {
  switch (era) {
    case 'initialize':
      return (await import('./initialize-link.ts')).createInitializeLink;
    case 'discover':
      return (await import('./discover-link.ts')).createDiscoverLink;
  }
}
