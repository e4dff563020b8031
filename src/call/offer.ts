/** What a server has to offer for a request to be sent to it. Source: MCP 2025-11-25, basic/lifecycle, "Operation". */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { isExtensionMethod } from '../link/extension-method.ts';
import { isTaskMethod, type ProtocolMethod, type RequestMethod, type TaskMethod } from '../link/requests.ts';

const NEEDED: Readonly<Record<Exclude<ProtocolMethod, TaskMethod>, keyof ServerCapabilities>> = {
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

/** Whether a server with these capabilities takes such a request. What an extension needs, only its caller knows, and what a task, its link. */
export function isOffered(method: RequestMethod, capabilities: ServerCapabilities): boolean {
  return isExtensionMethod(method) || isTaskMethod(method) || capabilities[NEEDED[method]] !== undefined;
}
