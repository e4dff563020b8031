/** What is made known of the lists of servers. Names and URIs are those of the server: untrusted. */

import type { ListName } from '../link/lists.ts';
import type { RejectedEntry } from './entry-collector.ts';

/** What is different between two lists, by what their entries are known by. */
export interface ListDifference {
  /** Entries that are new. */
  readonly added: readonly string[];
  /** Entries that are gone. */
  readonly removed: readonly string[];
  /** Entries whose definition changed, such as the description or the schema of a tool. */
  readonly changed: readonly string[];
}

/** Fields of every event about a list. */
export interface AboutList {
  readonly server: string;
  readonly epoch: number;
  readonly atMs: number;
  /** Which list; those other than `tools` are followed once the host has asked for them. */
  readonly list: ListName;
}

/**
 * A list of a server is not what it was: it was fetched again, and compared. Tools and prompts are named by their names,
 * resources by their URIs, resource templates by their URI templates.
 */
export interface CatalogChanged extends AboutList, ListDifference {
  readonly type: 'catalog.changed';
}

/** Entries that a server lists were left out, because they are none or are beyond a bound; the others can be used. */
export interface EntriesRejected extends AboutList {
  readonly type: 'entries.rejected';
  /** How many were left out. */
  readonly count: number;
  /** The first ten of them; names are untrusted, and empty where there is none. */
  readonly rejected: readonly RejectedEntry[];
}

/** An event about a list. */
export type ListEvent = CatalogChanged | EntriesRejected;
