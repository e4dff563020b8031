/**
 * Whether a fault says that the network is gone rather than the server. Pure. While the network is gone, failed
 * attempts prove nothing about a server, so they do not use up its budget.
 */

import type { Fault } from '../fault.ts';

/** What the system answers when there is no way to the host at all, or nobody to ask for its address. */
const NETWORK_ERRNOS: ReadonlySet<string> = new Set([
  'ENETDOWN',
  'ENETUNREACH',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'EADDRNOTAVAIL',
  'EAI_AGAIN',
]);

/** Tell whether a fault is the network's. A refused connection is the server's: somebody answered. */
export function isNetworkLoss(fault: Fault): boolean {
  return fault.kind === 'unreachable' && NETWORK_ERRNOS.has(fault.errno);
}

/**
 * Tell whether a fault may be the network's although nothing says so: nobody answered. When the network turns out to be
 * lost in that moment, such a fault is not held against the server.
 */
export function mayBeNetworkLoss(fault: Fault): boolean {
  switch (fault.kind) {
    case 'unreachable':
    case 'timed-out':
    case 'unresponsive':
    case 'stream-ended':
    case 'stream-silent':
    case 'reply-lost':
      return true;
    default:
      return false;
  }
}
