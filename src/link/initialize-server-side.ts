/**
 * What a server may say and ask by itself, on the v1 line of the SDK: each is handed to the observer of the link. What
 * has nobody behind it is not declared in the handshake, and the SDK refuses it as a method that does not exist.
 */

import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
  ElicitRequestSchema,
  ListRootsRequestSchema,
  LoggingMessageNotificationSchema,
  ResourceUpdatedNotificationSchema,
  ToolListChangedNotificationSchema,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import type { LinkObserver } from './link.ts';

/** The SDK refuses what is wrong with a question as such (-32602), unless its handler is given a schema of the whole. */
const AskedOfPerson = z.object({ method: z.literal('elicitation/create'), params: z.unknown() });

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
  const { roots, elicit } = observer;
  if (roots !== undefined) client.setRequestHandler(ListRootsRequestSchema, () => ({ roots: [...roots()] }));
  if (elicit !== undefined) {
    client.setRequestHandler(AskedOfPerson, (request, { signal }) =>
      elicit(ElicitRequestSchema.parse(request).params, signal),
    );
  }
}
