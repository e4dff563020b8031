/** The lists of a server, what their entries are, and what one page of them is. */

import type { Prompt, Resource, ResourceTemplate, Tool } from '@modelcontextprotocol/sdk/types.js';

/** What the entries of each list are; a list is called as the field of its result. */
export interface ListEntries {
  readonly tools: Tool;
  readonly prompts: Prompt;
  readonly resources: Resource;
  readonly resourceTemplates: ResourceTemplate;
}

/** A list of a server. */
export type ListName = keyof ListEntries;

/** A list that a server may say to have changed, beside its tools; its resource templates belong to its resources. */
export type ChangedList = 'prompts' | 'resources';

/** Parameters of a list: the page to go on with. */
export type PageParams = { cursor?: string };

/** One page of a list, its entries unchecked, so that they can be counted first, and one does not spoil the others. */
export interface EntryPage<L extends ListName> {
  readonly entries: readonly unknown[];
  /** Check one entry; nothing when it is none. What it holds, such as schemas, is looked at, not compiled. */
  readonly toEntry: (value: unknown) => ListEntries[L] | undefined;
  readonly nextCursor?: string | undefined;
  /** For how long the page may be believed from its arrival on, in milliseconds; nothing where the server says nothing. */
  readonly ttlMs?: number | undefined;
}

/** The request for each list. */
export const LIST_METHODS = {
  tools: 'tools/list',
  prompts: 'prompts/list',
  resources: 'resources/list',
  resourceTemplates: 'resources/templates/list',
} as const satisfies Record<ListName, string>;

const LISTS = new Map<string, ListName>(
  (Object.keys(LIST_METHODS) as ListName[]).map((list) => [LIST_METHODS[list], list]),
);

/** The list that a request asks for; nothing when it asks for none. */
export function listAskedBy(method: string): ListName | undefined {
  return LISTS.get(method);
}
