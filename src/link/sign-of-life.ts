/** The requests that change nothing, by which a server shows that it lives. */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';

/** A request that changes nothing: its answer, whatever it is, shows that the server lives. */
export type SignOfLife = 'ping' | 'tools/list' | 'prompts/list' | 'resources/list';

/** The list that a server offers, if any: what one can ask for that knows no ping. */
export function listOf({ tools, prompts, resources }: ServerCapabilities): SignOfLife | undefined {
  if (tools !== undefined) return 'tools/list';
  if (prompts !== undefined) return 'prompts/list';
  return resources === undefined ? undefined : 'resources/list';
}
