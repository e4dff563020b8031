/** The requests that a link can carry, with the shapes of their parameters and results. */

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
import type { CREATED_TASK, RemoteTask } from './remote-task.ts';

type ListShape<L extends ListName> = { params: PageParams; result: EntryPage<L> };

/** The answer to a call: its result, or that it became a task; then there is nothing in the result. */
export type ToolReply = CallToolResult & { readonly [CREATED_TASK]?: RemoteTask };

/** What a call is made with. `task`: as a task, or not at all. Its `ttl` is a wish, in milliseconds. */
export interface ToolCallParams {
  name: string;
  arguments?: Record<string, unknown>;
  task?: { ttl?: number };
}

/** The requests a link can carry. Source: MCP 2025-11-25, schema, `ClientRequest`; SEP-2663; and whatever extensions add. */
export interface RequestShapes {
  'tools/call': { params: ToolCallParams; result: ToolReply };
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
  'tasks/get': { params: { taskId: string }; result: RemoteTask };
  'tasks/result': { params: { taskId: string }; result: CallToolResult };
  'tasks/cancel': { params: { taskId: string }; result: EmptyResult };
  'tasks/update': { params: { taskId: string; inputResponses: Record<string, unknown> }; result: EmptyResult };
  'tasks/list': { params: PageParams; result: { tasks: RemoteTask[]; nextCursor?: string | undefined } };
  [extension: ExtensionMethod]: { params: Record<string, unknown>; result: Record<string, unknown> };
}

/** A request a link can carry. */
export type RequestMethod = keyof RequestShapes;

/** One of the protocol itself. */
export type ProtocolMethod = Exclude<RequestMethod, ExtensionMethod>;
/** A request about tasks. */
export type TaskMethod = Extract<RequestMethod, `tasks/${string}`>;

/** Whether a request is about tasks. */
export function isTaskMethod(method: string): method is TaskMethod {
  return method.startsWith('tasks/');
}
