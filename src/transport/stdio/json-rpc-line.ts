/**
 * Turns one line of a server's stdout into a message, or says why it is none. It checks only the shape that
 * tells a JSON-RPC message from a log line: the SDK's client checks every message against its schema anyway.
 */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { isMessage } from '../message-shape.ts';

/** Why a line is not a message. */
export type NotAMessage = 'not-json' | 'not-json-rpc';

/**
 * Read one line as a JSON-RPC 2.0 message: a request, a notification, a result or an error.
 *
 * **Errors** never throws; a line that is no message gives the reason. Batches, which revision 2025-06-18
 * removed, are no message.
 * **Source** JSON-RPC 2.0 sections 4 and 5; MCP 2025-11-25, basic/transports, stdio.
 */
export function parseMessage(line: string): JSONRPCMessage | NotAMessage {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return 'not-json';
  }
  return isMessage(value) ? value : 'not-json-rpc';
}
