/** What a server may say and ask by itself, on the v2 line of the SDK: each is handed to the observer of the link. */

import type { Client } from '@modelcontextprotocol/client';
import { z } from 'zod';
import type { LinkObserver } from './link.ts';

/** Parameters go to the observer as they are. */
const UNCHECKED = { params: z.unknown() };

/** Hand what the server says and asks to the observer, for as long as the link has not ended. */
export function listenToServer(client: Client, observer: LinkObserver, isOver: () => boolean): void {
  client.setNotificationHandler('notifications/tools/list_changed', () => {
    if (!isOver()) observer.toolsChanged();
  });
  client.setNotificationHandler('notifications/prompts/list_changed', () => {
    if (!isOver()) observer.listChanged('prompts');
  });
  client.setNotificationHandler('notifications/resources/list_changed', () => {
    if (!isOver()) observer.listChanged('resources');
  });
  client.setNotificationHandler('notifications/message', ({ params }) => {
    if (!isOver()) observer.logged(params);
  });
  client.setNotificationHandler('notifications/resources/updated', ({ params }) => {
    if (!isOver()) observer.resourceUpdated(params.uri);
  });
  const { roots, elicit, sampling } = observer;
  if (roots !== undefined) client.setRequestHandler('roots/list', () => ({ roots: [...roots()] }));
  if (elicit !== undefined) {
    client.setRequestHandler('elicitation/create', UNCHECKED, async (params, { mcpReq }) => ({
      ...(await elicit(params, mcpReq.signal)),
    }));
  }
  if (sampling !== undefined) {
    client.setRequestHandler('sampling/createMessage', UNCHECKED, async (params, { mcpReq }) => ({
      ...(await sampling.sample(params, mcpReq.signal)),
    }));
  }
}
