/** What the result of each request must look like, on the v1 line of the SDK. Loaded with its link only. */

import {
  BlobResourceContentsSchema,
  CallToolResultSchema,
  CompleteResultSchema,
  ContentBlockSchema,
  EmptyResultSchema,
  GetPromptResultSchema,
  PromptMessageSchema,
  PromptSchema,
  ReadResourceResultSchema,
  ResourceSchema,
  ResourceTemplateSchema,
  ResultSchema,
  TextResourceContentsSchema,
  ToolSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { isExtensionMethod } from './extension-method.ts';
import type { EntryPage, ListEntries, ListName } from './lists.ts';
import type { ProtocolMethod, RequestMethod, TaskMethod } from './requests.ts';
import { shortened } from './short-list.ts';

/** The result of a call, of a task too. */
export const TOOL_RESULT = refusedEarly(CallToolResultSchema, 'content', ContentBlockSchema);

const PROTOCOL_SCHEMAS = {
  'tools/call': TOOL_RESULT,
  'tools/list': page('tools', ToolSchema),
  'resources/list': page('resources', ResourceSchema),
  'resources/templates/list': page('resourceTemplates', ResourceTemplateSchema),
  'resources/read': refusedEarly(
    ReadResourceResultSchema,
    'contents',
    z.union([TextResourceContentsSchema, BlobResourceContentsSchema]),
  ),
  'resources/subscribe': EmptyResultSchema,
  'resources/unsubscribe': EmptyResultSchema,
  'prompts/list': page('prompts', PromptSchema),
  'prompts/get': refusedEarly(GetPromptResultSchema, 'messages', PromptMessageSchema),
  'completion/complete': CompleteResultSchema,
  'logging/setLevel': EmptyResultSchema,
} as const satisfies Record<Exclude<ProtocolMethod, TaskMethod>, unknown>;

/** The schema of the result of a request; of an extension only that it is a result. */
export function resultSchemaOf(method: Exclude<RequestMethod, TaskMethod>) {
  return isExtensionMethod(method) ? ResultSchema : PROTOCOL_SCHEMAS[method];
}

/** Not the SDK's: those check every entry before anybody can count them, and refuse all for one. */
function page<L extends ListName>(list: L, entry: z.ZodType<ListEntries[L]>) {
  return ResultSchema.extend({
    [list]: z.custom<unknown[]>((value) => Array.isArray(value)),
    nextCursor: z.string().optional(),
  }).transform(
    ({ [list]: entries, nextCursor }): EntryPage<L> => ({
      entries: entries as unknown[],
      toEntry: (value) => entry.safeParse(value).data,
      nextCursor: nextCursor as string | undefined,
    }),
  );
}

/** A schema of results that stops at the first item of a long list that is not valid. */
function refusedEarly<S extends z.ZodType>(schema: S, field: string, item: z.ZodType) {
  return z.preprocess((value) => shortened(value, field, (each) => item.safeParse(each).success), schema);
}
