/** How a server can be asked for a sign of life: what it offers, and what was learnt about it. */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import type { SignOfLife } from '../link/link.ts';

/** What was learnt about one server; kept over its epochs. */
export interface PulseHabit {
  /** What it answers: pings, as the protocol wants; only lists; or nothing that can be asked without harm. */
  question: 'ping' | 'list' | 'none';
}

/** A server of which nothing is known yet. */
export function newPulseHabit(): PulseHabit {
  return { question: 'ping' };
}

/** The list that a server offers, if any: asking for it changes nothing. */
export function listOf({ tools, prompts, resources }: ServerCapabilities): SignOfLife | undefined {
  if (tools !== undefined) return 'tools/list';
  if (prompts !== undefined) return 'prompts/list';
  return resources === undefined ? undefined : 'resources/list';
}
