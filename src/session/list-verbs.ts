/** Fetches the lists of a server when the host asks for them, through the gate as any request, and keeps them. */

import type { CallOptions, ReadOptions } from '../call/call-options.ts';
import type { Requester } from '../call/requester.ts';
import type { Clock } from '../clock.ts';
import { CallError } from '../errors.ts';
import { describeFault, FaultError } from '../fault.ts';
import { type EntryPage, LIST_METHODS, type ListEntries, type PageParams } from '../link/lists.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import type { ListEvent } from '../listing/list-event.ts';
import { collectPages } from '../listing/pages.ts';
import type { KeptListName } from './kept-lists.ts';
import type { SessionTarget } from './session-verbs.ts';

/** What lists are asked for with. */
export interface ListVerbsContext {
  readonly clock: Clock;
  readonly requester: Requester;
  /** Must not throw. */
  readonly tell: (event: ListEvent) => void;
}

/** Asks for lists. */
export class ListVerbs {
  readonly #context: ListVerbsContext;

  constructor(context: ListVerbsContext) {
    this.#context = context;
  }

  /** The whole list, as the server has it now or says that it may be believed still. Rejects with `CallError`. */
  async list<L extends KeptListName>(
    target: SessionTarget,
    list: L,
    { fresh = false, ...options }: ReadOptions,
  ): Promise<readonly ListEntries[L][]> {
    const { clock, tell } = this.#context;
    const kept = target.session.lists.keep(list);
    if (!fresh && target.gate.publication !== undefined && kept.isFresh(clock.monotonic())) return kept.entries;
    const look = kept.look();
    const found = await this.#fetch(target, list, options);
    const epoch = target.gate.publication?.epoch ?? 0;
    for (const event of look(found, { server: target.plan.name, epoch, atMs: clock.now() })) tell(event);
    return found.entries;
  }

  async #fetch<L extends KeptListName>(target: SessionTarget, list: L, options: CallOptions): Promise<EntryList<L>> {
    const { clock, requester } = this.#context;
    const { limits, callTimeoutMs, name: server } = target.plan;
    const timeoutMs = options.timeoutMs ?? callTimeoutMs;
    const byMs = clock.monotonic() + timeoutMs;
    let isPaged = false;
    const ask = async (params: PageParams) => {
      isPaged = params.cursor !== undefined;
      const left = { ...options, timeoutMs: Math.max(1, byMs - clock.monotonic()) };
      return (await requester.request(target, LIST_METHODS[list], params, left)) as EntryPage<L>;
    };
    // Who aborts is told by the next request, as of any call.
    const collect = () => collectPages({ list, ask }, { clock, limits });
    try {
      return await collect().catch((error: unknown) => {
        // The list was another one meanwhile, and its pages are numbered anew.
        const isCursorInvalid = isPaged && error instanceof CallError && error.code === 'SERVER_ERROR';
        if (!isCursorInvalid) throw error;
        return collect();
      });
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      const { fault } = error;
      const message = `${LIST_METHODS[list]} on '${server}': ${describeFault(fault)}`;
      throw new CallError('REPLY_INVALID', message, { server, outcome: 'unknown', fault });
    }
  }
}
