/** Tells a JSON-RPC message from any other value, by its outermost fields: what is in them is for its reader to judge. */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';

/**
 * Whether a value is a JSON-RPC 2.0 message: a request, a notification, a result or an error. Batches, which revision
 * 2025-06-18 removed, are none.
 *
 * **Source** JSON-RPC 2.0 sections 4 and 5.
 */
export function isMessage(value: unknown): value is JSONRPCMessage {
  if (typeof value !== 'object' || value === null) return false;
  const { jsonrpc, method, id, result, error } = value as Record<string, unknown>;
  if (jsonrpc !== '2.0') return false;
  const hasId = typeof id === 'string' || typeof id === 'number';
  if (result !== undefined) return hasId && typeof result === 'object';
  if (method !== undefined) return typeof method === 'string' && (hasId || id === undefined);
  // An error about a message whose id the server could not read carries none.
  return typeof error === 'object' && error !== null && (hasId || id === undefined || id === null);
}
