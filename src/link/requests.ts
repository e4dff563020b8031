/** The requests that a link can carry, with the shapes of their parameters and results. */

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
import type { CREATED_TASK, RemoteTask } from './remote-task.ts';

/** Parameters of a list: the page to go on with. */
type Page = { cursor?: string };

/** One page of a list of tools, its entries unchecked: `Link.toTool` says which are tools. */
export interface ToolPage {
  readonly tools: readonly unknown[];
  readonly nextCursor?: string | undefined;
}

/** The answer to a call: its result, or that it became a task; then there is nothing in the result. */
export type ToolReply = CallToolResult & { readonly [CREATED_TASK]?: RemoteTask };

/** What a call is made with. `task`: as a task, or not at all. Its `ttl` is a wish, in milliseconds. */
export interface ToolCallParams {
  name: string;
  arguments?: Record<string, unknown>;
  task?: { ttl?: number };
}

/** The requests a link can carry. Source: MCP 2025-11-25, schema, `ClientRequest`; SEP-2663. */
export interface RequestShapes {
  'tools/call': { params: ToolCallParams; result: ToolReply };
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
  'tasks/get': { params: { taskId: string }; result: RemoteTask };
  'tasks/result': { params: { taskId: string }; result: CallToolResult };
  'tasks/cancel': { params: { taskId: string }; result: EmptyResult };
  'tasks/update': { params: { taskId: string; inputResponses: Record<string, unknown> }; result: EmptyResult };
  'tasks/list': { params: Page; result: { tasks: RemoteTask[]; nextCursor?: string | undefined } };
}

/** A request a link can carry. */
export type RequestMethod = keyof RequestShapes;

/** A request about tasks. */
export type TaskMethod = Extract<RequestMethod, `tasks/${string}`>;

/** Whether a request is about tasks. */
export function isTaskMethod(method: RequestMethod): method is TaskMethod {
  return method.startsWith('tasks/');
}
