/** Collects a list over all its pages: bounded, and never by an endless cursor. */

import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import type { EntryPage, ListName, PageParams } from '../link/lists.ts';
import { sleep } from '../policy/deadline.ts';
import { EntryCollector, type EntryList } from './entry-collector.ts';

/** What a list is collected with. */
export interface ListingContext {
  readonly clock: Clock;
  readonly limits: ServerLimits;
}

/** How the pages of a list are come by. */
export interface PageSource<L extends ListName> {
  readonly list: L;
  /** Rejects as it likes; nothing is collected then. */
  readonly ask: (params: PageParams) => Promise<EntryPage<L>>;
  /** Aborting it ends the collection between two pages. */
  readonly signal?: AbortSignal | undefined;
}

/** Definitions are checked in portions of so many bytes, so that a large list does not stop the host. */
const PORTION_BYTES = 256 * 1024;

/** Collect all pages. Rejects with `FaultError` beyond a bound. Source: MCP 2025-11-25, server/utilities/pagination. */
export async function collectPages<L extends ListName>(
  { list, ask, signal }: PageSource<L>,
  { clock, limits }: ListingContext,
): Promise<EntryList<L>> {
  const collector = new EntryCollector(list, limits);
  let restedAtBytes = 0;
  let params: PageParams = {};
  for (;;) {
    const { entries, toEntry, nextCursor, ttlMs } = await ask(params);
    collector.believe(ttlMs === undefined || ttlMs <= 0 ? undefined : clock.monotonic() + ttlMs);
    for (const entry of entries) {
      collector.take(entry, toEntry);
      if (collector.bytes - restedAtBytes < PORTION_BYTES) continue;
      restedAtBytes = collector.bytes;
      await sleep(clock, 0, signal);
    }
    if (nextCursor === undefined) return collector.list;
    collector.turn(nextCursor);
    params = { cursor: nextCursor };
  }
}
