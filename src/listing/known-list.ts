/** A list of a server as it was last seen, and what there is to tell when it is seen again. */

import { hash } from 'node:crypto';
import type { ListEntries, ListName } from '../link/lists.ts';
import type { EntryList } from './entry-collector.ts';
import type { AboutList, ListDifference, ListEvent } from './list-event.ts';

/** What the entries of each list are known by. */
const KEYS: { readonly [L in ListName]: (entry: ListEntries[L]) => string } = {
  tools: ({ name }) => name,
  prompts: ({ name }) => name,
  resources: ({ uri }) => uri,
  resourceTemplates: ({ uriTemplate }) => uriTemplate,
};

/** Entries that one event names. */
const MAX_REJECTED_NAMED = 10;

const NONE: readonly never[] = Object.freeze([]);

/** One list of one server. */
export class KnownList<L extends ListName> {
  readonly #list: L;
  #entries: readonly ListEntries[L][] | undefined;
  /** Of each entry as last seen; made when there is something to compare, which most lists never have. */
  #prints: ReadonlyMap<string, string> | undefined;
  /** Of what was left out; nothing while nothing is. */
  #rejection: string | undefined;

  constructor(list: L) {
    this.#list = list;
  }

  /** As last seen; none before the first sight. */
  get entries(): readonly ListEntries[L][] {
    return this.#entries ?? NONE;
  }

  /** Take a complete list. Returns what there is to tell; of the first there is nothing to compare. */
  see({ entries, rejected }: EntryList<L>, when: Omit<AboutList, 'list'>): ListEvent[] {
    const about = { ...when, list: this.#list };
    const events: ListEvent[] = [];
    const rejection = rejected.length === 0 ? undefined : hashOf(rejected);
    if (rejection !== undefined && rejection !== this.#rejection) {
      const named = rejected.slice(0, MAX_REJECTED_NAMED);
      events.push({ type: 'entries.rejected', ...about, count: rejected.length, rejected: named });
    }
    this.#rejection = rejection;
    const different = this.#entries && this.#compare(this.#entries, entries);
    if (different !== undefined) events.push({ type: 'catalog.changed', ...about, ...different });
    this.#entries = Object.freeze([...entries]);
    return events;
  }

  #compare(seen: readonly ListEntries[L][], now: readonly ListEntries[L][]): ListDifference | undefined {
    const old = this.#prints ?? this.#printsOf(seen);
    this.#prints = this.#printsOf(now);
    return difference(old, this.#prints);
  }

  #printsOf(entries: readonly ListEntries[L][]): ReadonlyMap<string, string> {
    return new Map(entries.map((entry) => [KEYS[this.#list](entry), hashOf(entry)]));
  }
}

function difference(old: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): ListDifference | undefined {
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  const changed = [...now.keys()].filter((name) => old.has(name) && old.get(name) !== now.get(name));
  return added.length + removed.length + changed.length === 0 ? undefined : { added, removed, changed };
}

/** Equal for equal definitions. What gets here is bounded in size and depth, so writing it as JSON cannot fail. */
function hashOf(value: unknown): string {
  return hash('sha1', JSON.stringify(value), 'base64');
}
