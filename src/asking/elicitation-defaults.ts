/** Fills a form in where a person left a field to its default. Source: MCP 2025-11-25, "Elicitation", "Requested Schema". */

import type { ElicitResult } from '@modelcontextprotocol/sdk/types.js';
import type { ElicitationRequest } from './elicitation-request.ts';

/** The answer with the defaults of the fields that it does not name; as it is where it accepts no form. */
export function withDefaults(request: ElicitationRequest, result: ElicitResult): ElicitResult {
  if (result.action !== 'accept' || !('requestedSchema' in request)) return result;
  const defaults = Object.entries(request.requestedSchema.properties).flatMap(([name, field]) =>
    'default' in field && field.default !== undefined ? [[name, field.default] as const] : [],
  );
  if (defaults.length === 0) return result;
  return { ...result, content: { ...Object.fromEntries(defaults), ...result.content } };
}
