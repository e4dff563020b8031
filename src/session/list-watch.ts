/**
 * Follows, for one epoch, the lists that the host asked for: what the server says to have changed is fetched again and
 * compared, and so is everything after a gap, in which the server may have said so.
 */

import type { ServerCapabilities } from '@modelcontextprotocol/sdk/types.js';
import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import type { ChangedList, EntryPage, PageParams } from '../link/lists.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { AboutList, ListEvent } from '../listing/list-event.ts';
import { collectPages } from '../listing/pages.ts';
import { Refresher } from '../listing/refresher.ts';
import type { KeptListName, KeptLists } from './kept-lists.ts';

/** What the lists of one epoch are followed with. */
export interface ListWatchSetup {
  readonly lists: KeptLists;
  readonly clock: Clock;
  readonly limits: ServerLimits;
  /** Aborted when nobody can be asked any more. */
  readonly signal: AbortSignal;
  /** What the server offers; nothing before the handshake is through. */
  readonly capabilities: () => ServerCapabilities | undefined;
  /** Rejects with `RequestError`. */
  readonly ask: <L extends KeptListName>(list: L, params: PageParams, timeoutMs: number) => Promise<EntryPage<L>>;
  readonly about: () => Omit<AboutList, 'list'>;
  /** Must not throw. */
  readonly tell: (event: ListEvent) => void;
}

const BELONGING = { prompts: ['prompts'], resources: ['resources', 'resourceTemplates'] } as const satisfies Record<
  ChangedList,
  readonly KeptListName[]
>;

/** The lists of one epoch. */
export class ListWatch {
  readonly #setup: ListWatchSetup;
  readonly #refreshers = new Map<KeptListName, Refresher>();

  constructor(setup: ListWatchSetup) {
    this.#setup = setup;
  }

  /** The server says that a list changed. */
  changed(list: ChangedList): void {
    for (const each of BELONGING[list]) this.#lookInto(each);
  }

  /** Any list may have changed. */
  lookAtAll(): void {
    for (const each of this.#setup.lists.names) this.#lookInto(each);
  }

  #lookInto(list: KeptListName): void {
    const { lists, clock, limits, signal } = this.#setup;
    lists.get(list)?.invalidate();
    if (lists.get(list) === undefined || this.#setup.capabilities() === undefined || signal.aborted) return;
    const refresher =
      this.#refreshers.get(list) ?? new Refresher(clock, limits.refreshPauseMs, () => this.#refresh(list), signal);
    this.#refreshers.set(list, refresher);
    refresher.request();
  }

  /** Rejects when the list could not be had: then it stays as it was last seen. */
  async #refresh<L extends KeptListName>(list: L): Promise<void> {
    const { lists, about, tell, signal } = this.#setup;
    const look = lists.get(list)?.look();
    if (look === undefined) return;
    const found = await this.#fetch(list);
    if (!signal.aborted) for (const event of look(found, about())) tell(event);
  }

  async #fetch<L extends KeptListName>(list: L): Promise<EntryList<L>> {
    const { clock, limits, signal, capabilities, ask } = this.#setup;
    // What a server does not offer any more it has none of.
    if (capabilities()?.[list === 'prompts' ? 'prompts' : 'resources'] === undefined)
      return { entries: [], rejected: [] };
    const byMs = clock.monotonic() + limits.listTimeoutMs;
    const left = () => Math.max(1, byMs - clock.monotonic());
    return await collectPages({ list, signal, ask: (params) => ask(list, params, left()) }, { clock, limits });
  }
}
