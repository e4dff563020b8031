/** Recognises the message with which the SDK takes a request back. */

import type { JSONRPCMessage, RequestId } from '@modelcontextprotocol/sdk/types.js';

/** The request that a message cancels. Source: MCP 2025-11-25, "Cancellation". */
export function cancelledRequest(message: JSONRPCMessage): RequestId | undefined {
  if (!('method' in message) || message.method !== 'notifications/cancelled') return undefined;
  const id = message.params?.['requestId'];
  return typeof id === 'string' || typeof id === 'number' ? id : undefined;
}
