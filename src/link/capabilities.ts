/** What the two ends of a link declare to each other in the handshake. */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { scrubValue } from '../config/scrubbed-value.ts';
import type { Era, SessionObserver } from './link.ts';

/** What can be declared. */
export interface DeclaredCapabilities {
  roots?: { listChanged?: true };
  elicitation?: { form: Record<string, never>; url: Record<string, never> };
}

/** What is declared to a server: exactly what the observer stands behind. */
export function declaredCapabilities({ roots, elicit }: SessionObserver, era: Era): DeclaredCapabilities {
  return {
    ...(roots === undefined ? undefined : { roots: era === 'initialize' ? { listChanged: true } : {} }),
    ...(elicit === undefined ? undefined : { elicitation: { form: {}, url: {} } }),
  };
}

/**
 * What of a server's capabilities is decided by stays as it was said: the SDK lets only flags through there, or nothing
 * of it is kept. A secret that is a word of the specification, such as `tools`, must not take a capability away.
 */
export function scrubCapabilities(
  scrub: (text: string) => string,
  capabilities: ServerCapabilities,
): ServerCapabilities {
  const { tools, prompts, resources, logging, completions, ...others } = capabilities;
  const kept = {
    tools,
    prompts,
    resources,
    logging: logging === undefined ? undefined : {},
    completions: completions === undefined ? undefined : {},
  };
  const declared = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...(scrubValue(scrub, others) as ServerCapabilities), ...Object.fromEntries(declared) };
}
