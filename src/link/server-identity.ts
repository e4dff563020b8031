/** What a server said of itself in the handshake, without the secrets of its configuration. */

import type { Implementation, ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import { scrubValue } from '../config/scrubbed-value.ts';
import type { ServerIdentity } from './link.ts';

/** Take the secrets out of all that is the server's own text. */
export function scrubIdentity(scrub: (text: string) => string, said: ServerIdentity): ServerIdentity {
  const { implementation, capabilities, instructions } = said;
  return {
    ...said,
    implementation: scrubValue(scrub, implementation) as Implementation | undefined,
    capabilities: scrubCapabilities(scrub, capabilities),
    instructions: instructions === undefined ? undefined : scrub(instructions),
  };
}

/**
 * What of a server's capabilities is decided by stays as it was said, and of it nothing but its flags is kept: a secret
 * that is a word of the specification, such as `tools`, must not take a capability away.
 */
function scrubCapabilities(scrub: (text: string) => string, capabilities: ServerCapabilities): ServerCapabilities {
  const { tools, prompts, resources, logging, completions, ...others } = capabilities;
  const kept = {
    tools: flagsOf(tools, ['listChanged']),
    prompts: flagsOf(prompts, ['listChanged']),
    resources: flagsOf(resources, ['subscribe', 'listChanged']),
    logging: flagsOf(logging, []),
    completions: flagsOf(completions, []),
  };
  const declared = Object.entries(kept).filter(([, value]) => value !== undefined);
  return { ...(scrubValue(scrub, others) as ServerCapabilities), ...Object.fromEntries(declared) };
}

/** The flags of a capability that is there. */
function flagsOf(capability: object | undefined, names: readonly string[]): Record<string, boolean> | undefined {
  if (capability === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(capability).filter(([name, value]) => names.includes(name) && typeof value === 'boolean'),
  );
}
