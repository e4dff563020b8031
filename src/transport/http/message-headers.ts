/**
 * The headers that repeat what a message says, so that a proxy can route it unread. Only messages of the discover era
 * carry them, and they say so themselves. Source: MCP 2026-07-28, "Transports", "Standard Request Headers".
 */

import type { JSONRPCRequest } from '@modelcontextprotocol/sdk/types.js';
import { headerText } from './header-text.ts';
import type { RequestHeaders } from './request-headers.ts';

const REVISION_KEY = 'io.modelcontextprotocol/protocolVersion';

/** Which parameter of a request names what it is about. */
const NAMED_BY: Readonly<Record<string, 'name' | 'uri' | 'taskId'>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** The headers of a request of the discover era; nothing for one of the initialize era. */
export function messageHeaders({ method, params }: JSONRPCRequest): RequestHeaders | undefined {
  const revision = params?._meta?.[REVISION_KEY];
  if (typeof revision !== 'string') return undefined;
  const source = Object.hasOwn(NAMED_BY, method) ? NAMED_BY[method] : undefined;
  const name = source === undefined ? undefined : params?.[source];
  return {
    'mcp-protocol-version': revision,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': headerText(name) } : undefined),
  };
}
