/** Fetches the tools of a server through its link, which proves that the server serves. */

import type { Fault } from '../fault.ts';
import { FaultError } from '../fault.ts';
import { type Link, RequestError, type RequestFailure, type ServerIdentity } from '../link/link.ts';
import { listOf } from '../link/sign-of-life.ts';
import type { EntryList } from '../listing/entry-collector.ts';
import { collectPages, type ListingContext } from '../listing/pages.ts';

/**
 * Fetch all tools, within `listTimeoutMs`; for a server without tools, one round trip that proves that it serves: another
 * list that it offers, because some servers know no ping. Rejects with `FaultError`.
 */
export async function fetchTools(
  link: Link,
  identity: ServerIdentity,
  context: ListingContext,
  signal: AbortSignal,
): Promise<EntryList<'tools'>> {
  const { clock, limits } = context;
  const { listTimeoutMs } = limits;
  try {
    if (identity.capabilities.tools === undefined) {
      await link.alive(listTimeoutMs, signal, listOf(identity.capabilities) ?? 'ping');
      return { entries: [], rejected: [] };
    }
    const byMs = clock.monotonic() + listTimeoutMs;
    const timeoutMs = () => Math.max(1, byMs - clock.monotonic());
    const ask = (page: { cursor?: string }) => link.request('tools/list', page, { timeoutMs: timeoutMs(), signal });
    return await collectPages({ list: 'tools', ask, signal }, context);
  } catch (error) {
    if (error instanceof RequestError) throw new FaultError(faultOf(error.failure, listTimeoutMs));
    throw error;
  }
}

function faultOf(failure: RequestFailure, timeoutMs: number): Fault {
  switch (failure.kind) {
    case 'fault':
      return failure.fault;
    case 'timed-out':
      return { kind: 'timed-out', phase: 'initializing', afterMs: timeoutMs };
    case 'aborted':
      return { kind: 'closed' };
    case 'server-error':
      return { kind: 'handshake-refused', code: failure.code, message: failure.message };
    case 'input-refused':
    case 'invalid-reply':
    case 'unsupported':
      return { kind: 'malformed-message', detail: 'the list of tools' };
  }
}
