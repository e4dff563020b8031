/** What a server asks a person, as it is handed to the host. Source: MCP 2025-11-25 and 2026-07-28, "Elicitation". */

import type { ElicitRequestFormParams, ElicitRequestURLParams } from '@modelcontextprotocol/sdk/types.js';
import { isRecord } from '../config/record.ts';
import { RefusedRequest } from '../link/refused-request.ts';
import { isForm } from './elicitation-form.ts';
import { isDeeperThan, isOptional, isText } from './foreign-value.ts';

/**
 * What a server asks a person: a form to fill in (`requestedSchema`), or a page to visit (`mode: 'url'`), which is one of
 * http or https. Untrusted. A page has an `elicitationId` in the initialize era only.
 */
export type ElicitationRequest =
  | ElicitRequestFormParams
  | (Omit<ElicitRequestURLParams, 'elicitationId'> & { elicitationId?: string });

/** What a browser opens, and nothing that makes another program run. */
const PROTOCOLS: readonly string[] = ['https:', 'http:'];

/** Take a request of a server. Throws `RefusedRequest`. */
export function elicitationRequest(value: unknown, maxDepth: number): ElicitationRequest {
  if (!isRecord(value)) throw invalid('no params');
  if (isDeeperThan(value, maxDepth)) throw invalid('too deep');
  const { mode = 'form', message, requestedSchema, url, elicitationId } = value;
  if (!isText(message)) throw invalid('message');
  if (mode === 'form' && !isForm(requestedSchema)) throw invalid('requestedSchema');
  if (mode === 'url' && !isPage(url)) throw invalid('url');
  if (mode === 'url' && !isOptional(elicitationId, isText)) throw invalid('elicitationId');
  if (mode !== 'form' && mode !== 'url') throw invalid('mode');
  return value as ElicitationRequest;
}

function isPage(url: unknown): boolean {
  return isText(url) && URL.canParse(url) && PROTOCOLS.includes(new URL(url).protocol);
}

function invalid(what: string): RefusedRequest {
  return new RefusedRequest('invalid', `Invalid elicitation request: ${what}`);
}
