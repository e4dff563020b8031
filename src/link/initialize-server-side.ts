/**
 * What a server may say and ask by itself, on the v1 line of the SDK: each is handed to the observer of the link. What
 * has nobody behind it is not declared in the handshake, and the SDK refuses it as a method that does not exist.
 */

import {
  ElicitationCompleteNotificationSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  PromptListChangedNotificationSchema,
  RELATED_TASK_META_KEY,
  ResourceListChangedNotificationSchema,
  ResourceUpdatedNotificationSchema,
  TaskStatusNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { isRecord } from '../config/record.ts';
import type { InitializeClient } from './initialize-client.ts';
import type { LinkObserver } from './link.ts';

/** Parameters go to the observer as they are. */
const ELICITATION = z.object({ method: z.literal('elicitation/create'), params: z.unknown() });
const SAMPLING = z.object({ method: z.literal('sampling/createMessage'), params: z.unknown() });

/** Hand what the server says and asks to the observer, for as long as the link has not ended. */
export function listenToServer(client: InitializeClient, observer: LinkObserver, isOver: () => boolean): void {
  client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
    if (!isOver()) observer.toolsChanged();
  });
  client.setNotificationHandler(PromptListChangedNotificationSchema, () => {
    if (!isOver()) observer.listChanged('prompts');
  });
  client.setNotificationHandler(ResourceListChangedNotificationSchema, () => {
    if (!isOver()) observer.listChanged('resources');
  });
  client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => {
    if (!isOver()) observer.logged(params);
  });
  client.setNotificationHandler(ResourceUpdatedNotificationSchema, ({ params }) => {
    if (!isOver()) observer.resourceUpdated(params.uri);
  });
  client.setNotificationHandler(ElicitationCompleteNotificationSchema, ({ params }) => {
    if (!isOver()) observer.elicitationCompleted(params.elicitationId);
  });
  client.setNotificationHandler(TaskStatusNotificationSchema, ({ params }) => {
    if (!isOver()) observer.taskChanged(params.taskId);
  });
  const { roots, elicit, sampling } = observer;
  if (roots !== undefined) {
    client.setRequestHandler(ListRootsRequestSchema, ({ params }) => related(params, { roots: [...roots()] }));
  }
  if (elicit !== undefined) {
    client.setRequestHandler(ELICITATION, async ({ params }, { signal }) =>
      related(params, await elicit(params, signal)),
    );
  }
  if (sampling !== undefined) {
    client.setRequestHandler(SAMPLING, async ({ params }, { signal }) =>
      related(params, await sampling.sample(params, signal)),
    );
  }
}

/** An answer names the task that its question belongs to. Source: MCP 2025-11-25, tasks, "Associating Task-Related Messages". */
function related<R extends object>(question: unknown, answer: R): R {
  const meta = isRecord(question) ? question['_meta'] : undefined;
  const task = isRecord(meta) ? meta[RELATED_TASK_META_KEY] : undefined;
  return task === undefined ? answer : { ...answer, _meta: { [RELATED_TASK_META_KEY]: task } };
}
