/** Fetches the tools of a server through its link: every page, bounded, and never by an endless cursor. */

import type { Clock } from '../clock.ts';
import type { ServerLimits } from '../config/limits.ts';
import { FaultError } from '../fault.ts';
import { type Link, RequestError, type RequestFailure, type ServerIdentity } from '../link/link.ts';
import { listOf } from '../link/sign-of-life.ts';
import { sleep } from '../policy/deadline.ts';
import { ToolCollector, type ToolList } from './tool-list.ts';

/** What one fetch works with. */
export interface ToolListingContext {
  readonly clock: Clock;
  readonly limits: ServerLimits;
}

/** Definitions are checked in portions of so many bytes, so that a large list does not stop the host. */
const PORTION_BYTES = 256 * 1024;

/**
 * Fetch all tools, within `listTimeoutMs`; for a server without tools, one round trip that proves that it serves: another
 * list that it offers, because some servers know no ping. Rejects with `FaultError`. Source: MCP 2025-11-25,
 * server/utilities/pagination.
 */
export async function fetchTools(
  link: Link,
  identity: ServerIdentity,
  { clock, limits }: ToolListingContext,
  signal: AbortSignal,
): Promise<ToolList> {
  const { listTimeoutMs } = limits;
  try {
    if (identity.capabilities.tools !== undefined) return await fetchPages(link, { clock, limits }, signal);
    await link.alive(listTimeoutMs, signal, listOf(identity.capabilities) ?? 'ping');
    return { tools: [], rejected: [] };
  } catch (error) {
    if (error instanceof RequestError) throw new FaultError(faultOf(error.failure, listTimeoutMs));
    throw error;
  }
}

async function fetchPages(link: Link, { clock, limits }: ToolListingContext, signal: AbortSignal): Promise<ToolList> {
  const { maxPages, listTimeoutMs } = limits;
  const byMs = clock.monotonic() + listTimeoutMs;
  const collector = new ToolCollector(link, limits);
  let restedAtBytes = 0;
  const cursors = new Set<string>();
  let cursor: string | undefined;
  do {
    if (cursors.size >= maxPages) throw new FaultError({ kind: 'flooded', what: 'pages of tools' });
    const params = cursor === undefined ? {} : { cursor };
    const page = await link.request('tools/list', params, { timeoutMs: Math.max(1, byMs - clock.monotonic()), signal });
    for (const tool of page.tools) {
      collector.take(tool);
      if (collector.bytes - restedAtBytes < PORTION_BYTES) continue;
      restedAtBytes = collector.bytes;
      await sleep(clock, 0, signal);
    }
    cursor = page.nextCursor;
    if (cursor !== undefined && cursors.has(cursor)) throw new FaultError({ kind: 'flooded', what: 'pages of tools' });
    if (cursor !== undefined) cursors.add(cursor);
  } while (cursor !== undefined);
  return collector.list;
}

function faultOf(failure: RequestFailure, timeoutMs: number) {
  switch (failure.kind) {
    case 'fault':
      return failure.fault;
    case 'timed-out':
      return { kind: 'timed-out', phase: 'initializing', afterMs: timeoutMs } as const;
    case 'aborted':
      return { kind: 'closed' } as const;
    case 'server-error':
      return { kind: 'handshake-refused', code: failure.code, message: failure.message } as const;
    case 'invalid-reply':
    case 'unsupported':
      return { kind: 'malformed-message', detail: 'the list of tools' } as const;
  }
}
