/** Decides what a failed handshake means, by the class and code of what the SDK threw. */

import { McpError } from '@modelcontextprotocol/sdk/types.js';
import { type Fault, FaultError } from '../fault.ts';

/** What the server said, without what the SDK puts before it. */
export function messageOf({ code, message }: McpError): string {
  const prefix = `MCP error ${code}: `;
  return message.startsWith(prefix) ? message.slice(prefix.length) : message;
}

/** Turn what the SDK's `connect` rejected with into a fault. Text of the server is scrubbed. */
export function handshakeFault(error: unknown, scrub: (text: string) => string): Fault {
  if (error instanceof FaultError) return error.fault;
  if (error instanceof McpError) {
    if (error.data instanceof FaultError) return error.data.fault;
    return { kind: 'handshake-refused', code: error.code, message: scrub(messageOf(error)) };
  }
  return { kind: 'malformed-message', detail: 'the answer to the handshake' };
}
