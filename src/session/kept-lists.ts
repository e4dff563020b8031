/**
 * The lists that the host asked for, beside the tools: each as last seen, and until when it may be believed. They
 * outlive every epoch; while an epoch serves, what the server says of them is looked into.
 */

import type { ListName } from '../link/lists.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import { KnownList } from '../listing/known-list.ts';
import type { AboutList, ListEvent } from '../listing/list-event.ts';

/** A list that is fetched when the host asks for it. */
export type KeptListName = Exclude<ListName, 'tools'>;

/** One look at a list, begun before it is asked for: takes what was found, and returns what there is to tell. */
export type Look<L extends ListName> = (found: EntryList<L>, when: Omit<AboutList, 'list'>) => ListEvent[];

/** One list of one server. */
export class KeptList<L extends KeptListName> {
  readonly #known: KnownList<L>;
  /** On the monotonic clock. */
  #freshUntilMs = Number.NEGATIVE_INFINITY;
  #changes = 0;
  #looks = 0;
  #lastSeen = 0;

  constructor(list: L) {
    this.#known = new KnownList(list);
  }

  /** As last seen. */
  get entries(): EntryList<L>['entries'] {
    return this.#known.entries;
  }

  /** Whether it may be believed as it was last seen. */
  isFresh(nowMs: number): boolean {
    return nowMs < this.#freshUntilMs;
  }

  /** It may not be what it was. */
  invalidate(): void {
    this.#changes += 1;
    this.#freshUntilMs = Number.NEGATIVE_INFINITY;
  }

  /** Begin to look. What was begun earlier and ends later is not taken. */
  look(): Look<L> {
    this.#looks += 1;
    const look = this.#looks;
    const changes = this.#changes;
    return (found, when) => {
      if (look < this.#lastSeen) return [];
      this.#lastSeen = look;
      if (changes === this.#changes && found.freshUntilMs !== undefined) this.#freshUntilMs = found.freshUntilMs;
      return this.#known.see(found, when);
    };
  }
}

/** The lists of one server. */
export class KeptLists {
  readonly #lists: { [L in KeptListName]?: KeptList<L> } = {};

  /** The lists that the host asked for. */
  get names(): KeptListName[] {
    return Object.keys(this.#lists) as KeptListName[];
  }

  /** A list that the host asked for. */
  get<L extends KeptListName>(list: L): KeptList<L> | undefined {
    return this.#lists[list];
  }

  /** Keep a list from now on. */
  keep<L extends KeptListName>(list: L): KeptList<L> {
    const kept = this.get(list) ?? new KeptList(list);
    Object.assign(this.#lists, { [list]: kept });
    return kept;
  }
}
