/** What a server has to offer for a request to be sent to it. Source: MCP 2025-11-25, basic/lifecycle, "Operation". */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import type { RequestMethod } from '../link/requests.ts';

const NEEDED: Readonly<Record<RequestMethod, keyof ServerCapabilities>> = {
  'completion/complete': 'completions',
  'logging/setLevel': 'logging',
  'prompts/get': 'prompts',
  'prompts/list': 'prompts',
  'resources/list': 'resources',
  'resources/read': 'resources',
  'resources/subscribe': 'resources',
  'resources/templates/list': 'resources',
  'resources/unsubscribe': 'resources',
  'tools/call': 'tools',
  'tools/list': 'tools',
};

/** Whether a server with these capabilities takes such a request. */
export function isOffered(method: RequestMethod, capabilities: ServerCapabilities): boolean {
  return capabilities[NEEDED[method]] !== undefined;
}
