/**
 * What a server may say and ask by itself, on the v1 line of the SDK: each is handed to the observer of the link. What
 * has nobody behind it is not declared in the handshake, and the SDK refuses it as a method that does not exist.
 */

import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  RELATED_TASK_META_KEY,
  ResourceUpdatedNotificationSchema,
  TaskStatusNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import type { LinkObserver } from './link.ts';

/** Hand what the server says and asks to the observer, for as long as the link has not ended. */
export function listenToServer(client: Client, observer: LinkObserver, isOver: () => boolean): void {
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    if (!isOver()) observer.toolsChanged();
  });
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    if (!isOver()) observer.logged(params);
  });
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    if (!isOver()) observer.resourceUpdated(params.uri);
  });
  client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => {
    if (!isOver()) observer.taskChanged(params.taskId);
  });
  const { roots, elicit } = observer;
  if (roots !== undefined) {
    client.setRequestHandler(ListRootsRequestSchema, ({ params }) => related(params, { roots: [...roots()] }));
  }
  if (elicit !== undefined) {
    client.setRequestHandler(ElicitRequestSchema, async ({ params }, { signal }) =>
      related(params, await elicit(params, signal)),
    );
  }
}

/** An answer names the task that its question belongs to. Source: MCP 2025-11-25, tasks, "Associating Task-Related Messages". */
function related<R extends object>(
  question: { _meta?: Record<string, unknown> | undefined } | undefined,
  answer: R,
): R {
  const task = question?._meta?.[RELATED_TASK_META_KEY];
  return task === undefined ? answer : { ...answer, _meta: { [RELATED_TASK_META_KEY]: task } };
}
