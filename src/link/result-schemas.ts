/** What the result of each request must look like, on the v1 line of the SDK. Loaded with its link only. */

import {
  BlobResourceContentsSchema,
  CallToolResultSchema,
  CompleteResultSchema,
  ContentBlockSchema,
  EmptyResultSchema,
  GetPromptResultSchema,
  ListPromptsResultSchema,
  ListResourcesResultSchema,
  ListResourceTemplatesResultSchema,
  PromptMessageSchema,
  PromptSchema,
  ReadResourceResultSchema,
  ResourceSchema,
  ResourceTemplateSchema,
  TextResourceContentsSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { RequestMethod } from './requests.ts';
import { shortened } from './short-list.ts';

/** The schema of the result of each request. */
export const RESULT_SCHEMAS = {
  'tools/call': refusedEarly(CallToolResultSchema, 'content', ContentBlockSchema),
  // Not the SDK's: that one checks every tool before anybody can count them, and refuses all for one.
  'tools/list': z.looseObject({
    tools: z.custom<unknown[]>((value) => Array.isArray(value)),
    nextCursor: z.string().optional(),
  }),
  'resources/list': refusedEarly(ListResourcesResultSchema, 'resources', ResourceSchema),
  'resources/templates/list': refusedEarly(
    ListResourceTemplatesResultSchema,
    'resourceTemplates',
    ResourceTemplateSchema,
  ),
  'resources/read': refusedEarly(
    ReadResourceResultSchema,
    'contents',
    z.union([TextResourceContentsSchema, BlobResourceContentsSchema]),
  ),
  'resources/subscribe': EmptyResultSchema,
  'resources/unsubscribe': EmptyResultSchema,
  'prompts/list': refusedEarly(ListPromptsResultSchema, 'prompts', PromptSchema),
  'prompts/get': refusedEarly(GetPromptResultSchema, 'messages', PromptMessageSchema),
  'completion/complete': CompleteResultSchema,
  'logging/setLevel': EmptyResultSchema,
} as const satisfies Record<Exclude<RequestMethod, `tasks/${string}`>, unknown>;

/** A schema of results that stops at the first item of a long list that is not valid. */
function refusedEarly<S extends z.ZodType>(schema: S, field: string, item: z.ZodType) {
  return z.preprocess((value) => shortened(value, field, (each) => item.safeParse(each).success), schema);
}
