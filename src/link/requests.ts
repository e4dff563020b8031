/** The requests that a link can carry, with the shapes of their parameters and results. Types only. */

import type {
  CallToolResult,
  CompleteRequestParams,
  CompleteResult,
  EmptyResult,
  GetPromptResult,
  ListPromptsResult,
  ListResourcesResult,
  ListResourceTemplatesResult,
  LoggingLevel,
  ReadResourceResult,
} from '@modelcontextprotocol/sdk/types.js';

/** Parameters of a list: the page to go on with. */
type Page = { cursor?: string };

/** One page of a list of tools, its entries unchecked: `Link.toTool` says which are tools. */
export interface ToolPage {
  readonly tools: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

/** The requests a link can carry. Source: MCP 2025-11-25, schema, `ClientRequest`. */
export interface RequestShapes {
  'tools/call': { params: { name: string; arguments?: Record<string, unknown> }; result: CallToolResult };
  'tools/list': { params: Page; result: ToolPage };
  'resources/list': { params: Page; result: ListResourcesResult };
  'resources/templates/list': { params: Page; result: ListResourceTemplatesResult };
  'resources/read': { params: { uri: string }; result: ReadResourceResult };
  'resources/subscribe': { params: { uri: string }; result: EmptyResult };
  'resources/unsubscribe': { params: { uri: string }; result: EmptyResult };
  'prompts/list': { params: Page; result: ListPromptsResult };
  'prompts/get': { params: { name: string; arguments?: Record<string, string> }; result: GetPromptResult };
  'completion/complete': { params: CompleteRequestParams; result: CompleteResult };
  'logging/setLevel': { params: { level: LoggingLevel }; result: EmptyResult };
}

/** A request a link can carry. */
export type RequestMethod = keyof RequestShapes;
