/**
 * What a server says is missing: pages that a person has to visit before a call can be made again. Source: MCP
 * 2025-11-25, "Elicitation", "URL Elicitation Required Error".
 */

import { elicitationRequest } from '../asking/elicitation-request.ts';
import { DEFAULTS } from '../config/defaults.ts';
import type { RequiredElicitation } from '../errors.ts';

/** The code of such an error. */
export const ELICITATION_REQUIRED = -32_042;

/** Levels of one entry; there is nothing in it but texts. */
const MAX_DEPTH = 8;

/** The pages in the data of the error of a server, as many as are remembered; those that are none are left out. */
export function requiredElicitations(data: unknown): RequiredElicitation[] {
  const list: unknown = typeof data === 'object' && data !== null ? Reflect.get(data, 'elicitations') : undefined;
  if (!Array.isArray(list)) return [];
  return list.slice(0, DEFAULTS.maxExpectedPages).flatMap((entry) => pageOf(entry) ?? []);
}

function pageOf(entry: unknown): RequiredElicitation | undefined {
  try {
    const request = elicitationRequest(entry, MAX_DEPTH);
    if (request.mode !== 'url' || request.elicitationId === undefined) return undefined;
    const { elicitationId, url, message } = request;
    return { elicitationId, url, message };
  } catch {
    return undefined;
  }
}
