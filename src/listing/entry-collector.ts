/**
 * Collects the entries of one list, within bounds. An entry that is none, or is beyond its own bound, is left out: it
 * must not spoil the others. A list that is beyond its bounds as a whole is a fault.
 */

import type { ServerLimits } from '../config/limits.ts';
import { isRecord } from '../config/record.ts';
import { FaultError } from '../fault.ts';
import type { EntryPage, ListEntries, ListName } from '../link/lists.ts';
import { sizeOf } from '../policy/value-size.ts';

/** An entry that was left out of a list. */
export interface RejectedEntry {
  /** Its name, cut to 128 characters; empty where it has none. Untrusted. */
  readonly name: string;
  /** `invalid`: it is no such entry as the protocol defines one. */
  readonly reason: 'invalid' | 'too-large' | 'too-deep';
}

/** A complete list. */
export interface EntryList<L extends ListName> {
  readonly entries: readonly ListEntries[L][];
  readonly rejected: readonly RejectedEntry[];
  /** Names of listed tools that declare an output schema which is no object; it is left off. */
  readonly unreadable?: readonly string[];
  /** Until when all of it may be believed, on the monotonic clock; nothing where the server does not say so. */
  readonly freshUntilMs?: number | undefined;
}

const NAME_CHARS = 128;

/** How a fault calls what is listed. */
const WORDS = {
  tools: 'tools',
  prompts: 'prompts',
  resources: 'resources',
  resourceTemplates: 'resource templates',
} as const satisfies Record<ListName, string>;

/** One list while its pages arrive. */
export class EntryCollector<L extends ListName> {
  readonly #what: string;
  readonly #limits: ServerLimits;
  readonly #entries: ListEntries[L][] = [];
  readonly #rejected: RejectedEntry[] = [];
  readonly #unreadable: string[] = [];
  readonly #cursors = new Set<string>();
  #freshUntilMs = Number.POSITIVE_INFINITY;
  #count = 0;
  #bytes = 0;

  constructor(list: L, limits: ServerLimits) {
    this.#what = WORDS[list];
    this.#limits = limits;
  }

  /** Bytes taken so far, of entries that were left out too. */
  get bytes(): number {
    return this.#bytes;
  }

  get list(): EntryList<L> {
    const isFresh = Number.isFinite(this.#freshUntilMs);
    return {
      entries: this.#entries,
      rejected: this.#rejected,
      unreadable: this.#unreadable,
      ...(isFresh ? { freshUntilMs: this.#freshUntilMs } : undefined),
    };
  }

  /** Take one definition. Throws `FaultError` when the list is beyond its bounds. */
  take(value: unknown, toEntry: EntryPage<L>['toEntry']): void {
    const { maxListEntries, maxListBytes, maxEntryBytes, maxEntryDepth } = this.#limits;
    this.#count += 1;
    if (this.#count > maxListEntries) throw flooded(this.#what);
    const size = sizeOf(value, { maxBytes: maxEntryBytes, maxDepth: maxEntryDepth });
    this.#bytes += size.kind === 'within' ? size.bytes : maxEntryBytes;
    if (this.#bytes > maxListBytes) throw flooded(`bytes of ${this.#what}`);
    const entry = size.kind === 'within' ? (toEntry(value) ?? this.#withoutSchema(value, toEntry)) : undefined;
    if (entry !== undefined) this.#entries.push(entry);
    else this.#rejected.push({ name: nameOf(value), reason: size.kind === 'within' ? 'invalid' : size.kind });
  }

  /** A tool is not lost for what it says of its results: it can be called, and they are not checked. */
  #withoutSchema(value: unknown, toEntry: EntryPage<L>['toEntry']): ListEntries[L] | undefined {
    if (!isRecord(value) || value['outputSchema'] === undefined) return undefined;
    const { outputSchema, ...rest } = value;
    const entry = toEntry(rest);
    if (entry === undefined) return undefined;
    // The root of a schema may be of any type, though one era says otherwise.
    if (isRecord(outputSchema)) return { ...entry, outputSchema };
    this.#unreadable.push(nameOf(value));
    return entry;
  }

  /** A page may be believed until then, if at all: the list no longer than any of its pages. */
  believe(untilMs: number | undefined): void {
    this.#freshUntilMs = Math.min(this.#freshUntilMs, untilMs ?? Number.NEGATIVE_INFINITY);
  }

  /** Go on with a further page. Throws `FaultError` when there are too many, or that one was seen already. */
  turn(cursor: string): void {
    const isSeen = this.#cursors.has(cursor);
    this.#cursors.add(cursor);
    if (isSeen || this.#cursors.size >= this.#limits.maxPages) throw flooded(`pages of ${this.#what}`);
  }
}

function flooded(what: string): FaultError {
  return new FaultError({ kind: 'flooded', what });
}

function nameOf(value: unknown): string {
  const name: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'name') : undefined;
  return typeof name === 'string' ? name.slice(0, NAME_CHARS) : '';
}
