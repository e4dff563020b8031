/** Finds the link of an era. Only the SDK line in use is loaded. */

import type { Transport } from '../transport/transport.ts';
import type { LinkContext } from './fenced-link.ts';
import type { Link, LinkObserver } from './link.ts';

/** Load the code of the SDK line, and return how to construct a link without I/O. */
export async function loadLink(
  context: Omit<LinkContext, 'observer'>,
): Promise<(transport: Transport, observer: LinkObserver) => Link> {
  const { createInitializeLink } = await import('./initialize-link.ts');
  return (transport, observer) => createInitializeLink(transport, { ...context, observer });
}
