/** Tells URLs of this host from others. */

import { isIPv4 } from 'node:net';

/** Whether a URL names this host, for sure: what is trusted for it stays on this host. */
export function isLoopback({ hostname }: Pick<URL, 'hostname'>): boolean {
  const isAddress = hostname === '[::1]' || (hostname.startsWith('127.') && isIPv4(hostname));
  return isAddress || hostname === 'localhost' || hostname.endsWith('.localhost');
}

/** Whether a URL is reached without a network. Systems take more names for this host than can be trusted to mean it. */
export function needsNoNetwork({ hostname }: Pick<URL, 'hostname'>): boolean {
  const name = hostname.replace(/\.$/, '');
  return name === '0.0.0.0' || isLoopback({ hostname: name });
}
