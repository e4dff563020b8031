/**
 * What a server wants a model to answer, as it is handed to the host: of a valid shape, within bounds, and with nothing
 * that was not declared. Source: MCP 2025-11-25 and 2026-07-28, "Sampling".
 */

import type { CreateMessageRequestParams } from '@modelcontextprotocol/sdk/types.js';
import type { ServerLimits } from '../config/limits.ts';
import { isRecord } from '../config/record.ts';
import { RefusedRequest } from '../link/refused-request.ts';
import { isDeeperThan, isListOf, isOptional, isText } from './foreign-value.ts';
import { flawOf, isMessage } from './sampling-content.ts';

/**
 * What a server asks a model: `messages`, `systemPrompt`, `modelPreferences`, `maxTokens` and more, as the server sent it.
 * Untrusted. Images and sounds are base64 text. Of `includeContext` nothing is handed on but `none`: what a server
 * would be given of others is not its business, and the protocol gave it up.
 */
export type SamplingRequest = CreateMessageRequestParams;

/** What a request may be. */
export interface SamplingBounds {
  /** Whether it may bring tools. */
  readonly tools: boolean;
  readonly limits: Pick<ServerLimits, 'maxSamplingTokens' | 'maxEntryDepth'>;
}

/** What each field has to be. */
const FIELDS: Readonly<Record<string, (value: unknown) => boolean>> = {
  messages: (value) => isListOf(value, isMessage),
  maxTokens: (value) => Number.isSafeInteger(value) && (value as number) > 0,
  systemPrompt: (value) => isOptional(value, isText),
  temperature: (value) => isOptional(value, Number.isFinite),
  stopSequences: (value) => isOptional(value, (list) => isListOf(list, isText)),
  includeContext: (value) => isOptional(value, isText),
  metadata: (value) => isOptional(value, isRecord),
  modelPreferences: (value) => isOptional(value, isPreferences),
  tools: (value) => isOptional(value, (list) => isListOf(list, isTool)),
  toolChoice: (value) => isOptional(value, isToolChoice),
};

/** Take a request of a server. Throws `RefusedRequest`. */
export function samplingRequest(value: unknown, { tools, limits }: SamplingBounds): SamplingRequest {
  if (!isRecord(value)) throw invalid('no params');
  if (isDeeperThan(value, limits.maxEntryDepth)) throw invalid('too deep');
  const wrong = Object.keys(FIELDS).find((field) => FIELDS[field]?.(value[field]) === false);
  if (wrong !== undefined) throw invalid(wrong);
  const request = value as SamplingRequest;
  if (!tools && (request.tools !== undefined || request.toolChoice !== undefined)) {
    throw new RefusedRequest('invalid', 'sampling.tools is not declared');
  }
  const flaw = flawOf(request.messages);
  if (flaw !== undefined) throw new RefusedRequest('invalid', flaw);
  const { includeContext, ...rest } = request;
  return {
    ...rest,
    ...(includeContext === 'none' && { includeContext }),
    maxTokens: Math.min(request.maxTokens, limits.maxSamplingTokens),
  };
}

function invalid(what: string): RefusedRequest {
  return new RefusedRequest('invalid', `Invalid sampling request: ${what}`);
}

function isPreferences(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const isPriority = (each: unknown) =>
    isOptional(each, (number) => typeof number === 'number' && number >= 0 && number <= 1);
  const isHint = (each: unknown): each is object => isRecord(each) && isOptional(each['name'], isText);
  return (
    isOptional(value['hints'], (list) => isListOf(list, isHint)) &&
    ['costPriority', 'speedPriority', 'intelligencePriority'].every((field) => isPriority(value[field]))
  );
}

function isTool(value: unknown): value is object {
  if (!isRecord(value)) return false;
  const { name, description, inputSchema } = value;
  return isText(name) && isOptional(description, isText) && isRecord(inputSchema) && inputSchema['type'] === 'object';
}

function isToolChoice(value: unknown): boolean {
  return isRecord(value) && isOptional(value['mode'], (mode) => ['auto', 'required', 'none'].includes(mode as string));
}
