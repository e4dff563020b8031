/** Which methods are an extension's, and which the protocol keeps for what a connection and its session are made of. */

declare const extension: unique symbol;

/** The name of a method that an extension of the protocol adds. */
export type ExtensionMethod = string & { readonly [extension]: true };

/** What has a verb of its own, or is the connection's business. Source: MCP 2025-11-25 and 2026-07-28, `ClientRequest`; SEP-2663. */
const PROTOCOL_METHODS: ReadonlySet<string> = new Set([
  'completion/complete',
  'initialize',
  'logging/setLevel',
  'ping',
  'prompts/get',
  'prompts/list',
  'resources/list',
  'resources/read',
  'resources/subscribe',
  'resources/templates/list',
  'resources/unsubscribe',
  'server/discover',
  'subscriptions/listen',
  'tasks/cancel',
  'tasks/get',
  'tasks/list',
  'tasks/result',
  'tasks/update',
  'tools/call',
  'tools/list',
]);

/** Tell whether a request by this name is left to extensions. A notification is none. */
export function isExtensionMethod(method: string): method is ExtensionMethod {
  return method !== '' && !PROTOCOL_METHODS.has(method) && !method.startsWith('notifications/');
}
