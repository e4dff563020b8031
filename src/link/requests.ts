/** The requests that a link can carry, with the shapes of their parameters and results. Types only. */

import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  EmptyResult,
  GetPromptResult,
  LoggingLevel,
  ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js';
import type { ExtensionMethod } from './extension-method.ts';
import type { EntryPage, ListName, PageParams } from './lists.ts';

type ListShape<L extends ListName> = { params: PageParams; result: EntryPage<L> };

/** The requests a link can carry. Source: MCP 2025-11-25, schema, `ClientRequest`; and whatever extensions add. */
export interface RequestShapes {
  'tools/call': { params: { name: string; arguments?: Record<string, unknown> }; result: CallToolResult };
  'tools/list': ListShape<'tools'>;
  'resources/list': ListShape<'resources'>;
  'resources/templates/list': ListShape<'resourceTemplates'>;
  'resources/read': { params: { uri: string }; result: ReadResourceResult };
  'resources/subscribe': { params: { uri: string }; result: EmptyResult };
  'resources/unsubscribe': { params: { uri: string }; result: EmptyResult };
  'prompts/list': ListShape<'prompts'>;
  'prompts/get': { params: { name: string; arguments?: Record<string, string> }; result: GetPromptResult };
  'completion/complete': { params: CompleteRequestParams; result: CompleteResult };
  'logging/setLevel': { params: { level: LoggingLevel }; result: EmptyResult };
  [extension: ExtensionMethod]: { params: Record<string, unknown>; result: Record<string, unknown> };
}

/** A request a link can carry. */
export type RequestMethod = keyof RequestShapes;

/** One of the protocol itself. */
export type ProtocolMethod = Exclude<RequestMethod, ExtensionMethod>;
