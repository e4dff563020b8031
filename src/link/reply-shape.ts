/** Tells a reply that carries a result by its outermost fields: the schema of its method judges what is in the result. */

import type { JSONRPCMessage, JSONRPCResultResponse } from '@modelcontextprotocol/sdk/types.js';

/** Fields of a reply with a result: `jsonrpc`, `id`, `result`, and no other. */
const FIELD_COUNT = 3;

/**
 * Whether a JSON-RPC message is a reply with a result, by the SDK's schema of one, but for what is in the result. That
 * schema costs more than the rest of what is done to a reply.
 *
 * **Source** JSON-RPC 2.0 section 5; ADR 27.
 */
export function isResultReply(message: JSONRPCMessage): message is JSONRPCResultResponse {
  if (!('result' in message && 'id' in message)) return false;
  const { jsonrpc, id, result } = message;
  if (jsonrpc !== '2.0' || !(typeof id === 'string' || Number.isSafeInteger(id))) return false;
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return false;
  return Object.keys(message).length === FIELD_COUNT;
}
