/** What the result of each request must look like, on the v1 line of the SDK. Loaded with its link only. */

import {
  CallToolResultSchema,
  CompleteResultSchema,
  EmptyResultSchema,
  GetPromptResultSchema,
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  ReadResourceResultSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { RequestMethod } from './requests.ts';

/** The schema of the result of each request. */
export const RESULT_SCHEMAS = {
  'tools/call': CallToolResultSchema,
  // Not the SDK's: that one checks every tool before anybody can count them, and refuses all for one.
  'tools/list': z.looseObject({
    tools: z.custom<unknown[]>((value) => Array.isArray(value)),
    nextCursor: z.string().optional(),
  }),
  'resources/list': ListResourcesResultSchema,
  'resources/templates/list': ListResourceTemplatesResultSchema,
  'resources/read': ReadResourceResultSchema,
  'resources/subscribe': EmptyResultSchema,
  'resources/unsubscribe': EmptyResultSchema,
  'prompts/list': ListPromptsResultSchema,
  'prompts/get': GetPromptResultSchema,
  'completion/complete': CompleteResultSchema,
  'logging/setLevel': EmptyResultSchema,
} as const satisfies Record<RequestMethod, unknown>;
