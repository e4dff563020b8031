/** Tells URLs of this host from others. */

import { isIPv4 } from 'node:net';

/** Whether a URL names this host. */
export function isLoopback({ hostname }: URL): boolean {
  const isAddress = hostname === '[::1]' || (hostname.startsWith('127.') && isIPv4(hostname));
  return isAddress || hostname === 'localhost' || hostname.endsWith('.localhost');
}
