/** The tools of all servers as they were last seen. Kept while a connection comes back, forgotten with their server. */

import type { Tool } from '@modelcontextprotocol/sdk/types.js';
import type { EntryList } from '../listing/entry-collector.ts';
import { KnownList } from '../listing/known-list.ts';
import type { AboutList, ListEvent } from '../listing/list-event.ts';

/** Tools by server. */
export class Catalog {
  readonly #lists = new Map<string, KnownList<'tools'>>();
  /** Until when a list may be believed, on the monotonic clock, where its server says so. */
  readonly #freshUntilMs = new Map<string, number>();

  /** Take a complete list. Returns what there is to tell. */
  see(list: EntryList<'tools'>, when: Omit<AboutList, 'list'>): ListEvent[] {
    const known = this.#lists.get(when.server) ?? new KnownList('tools');
    this.#lists.set(when.server, known);
    if (list.freshUntilMs === undefined) this.#freshUntilMs.delete(when.server);
    else this.#freshUntilMs.set(when.server, list.freshUntilMs);
    return known.see(list, when);
  }

  /** Forget a server. */
  forget(server: string): void {
    this.#lists.delete(server);
    this.#freshUntilMs.delete(server);
  }

  /** Whether the server said that its list may be believed until a time that has passed. */
  isStale(server: string, nowMs: number): boolean {
    return nowMs >= (this.#freshUntilMs.get(server) ?? Number.POSITIVE_INFINITY);
  }

  /** Whether a tool's own hints say that running it twice does no harm. To be believed only of a trusted server. */
  isHarmless(server: string, tool: string): boolean {
    const hints = this.tools(server).find(({ name }) => name === tool)?.annotations;
    return hints?.readOnlyHint === true || hints?.idempotentHint === true;
  }

  /** The tools of a server as last seen; none when it was never ready. */
  tools(server: string): readonly Tool[] {
    return this.#lists.get(server)?.entries ?? [];
  }
}
