/** The words that rows are written in: transports, lives, bounds, what is often seen, and the settings that make bounds short. */

import type { FaultKind } from '../../../src/index.ts';
import type { Settings } from '../../contract/stand.ts';
import type { Bound, Sees, Step } from './row.ts';

export const ALL = ['stdio', 'sse', 'streamable_http'] as const;
export const STDIO = ['stdio'] as const;
export const HTTP = ['sse', 'streamable_http'] as const;
export const SSE = ['sse'] as const;
export const STREAMABLE = ['streamable_http'] as const;
export const IN_PROCESS = ['in_process'] as const;

/** A life of a connection, up to the proof that it serves. */
export const LIFE: readonly Step[] = ['connecting', 'initializing', 'ready'];

/** What a busy machine may add to a bound. */
const SLACK_MS = 2_000;

export const AT_ONCE: Bound = { ms: 2_000, by: 'at once' };

/** Signs of life that are asked for early, so that their absence shows early. */
export const HEARTBEAT: Settings = {
  heartbeat: { intervalMs: 100, probeAfterMs: 100, timeoutMs: 200, misses: 2, busyMisses: 3 },
};
export const IDLE_HEARTBEAT: Bound = {
  ms: 100 + 2 * 200 + SLACK_MS,
  by: '`heartbeat`: `intervalMs` + `misses` × `timeoutMs`',
};
export const BUSY_HEARTBEAT: Bound = {
  ms: 100 + 3 * 200 + SLACK_MS,
  by: '`heartbeat`: `probeAfterMs` + `busyMisses` × `timeoutMs`',
};

/** Short, and long enough for a busy machine to start the server that comes after the one that hangs. */
export const QUICK_CONNECT_MS = 1_500;
export const QUICK_CONNECT: Settings = { connectTimeoutMs: QUICK_CONNECT_MS };
export const CONNECT_TIMEOUT: Bound = { ms: QUICK_CONNECT_MS + SLACK_MS, by: '`connectTimeoutMs`' };

export const CALL_MS = 300;
export const DEADLINE: Bound = { ms: CALL_MS + SLACK_MS, by: 'the deadline of the call' };

/** A bound that an option or a header sets, which the row names. */
export function within(ms: number, by: string): Bound {
  return { ms: ms + SLACK_MS, by };
}

/** The connection does not notice. */
export const UNHARMED: Sees = { states: [], within: AT_ONCE };
/** The call under way, which was executed, is not answered in time; the connection holds. */
export const LATE: Sees = { states: [], call: 'CALL_TIMEOUT unknown', executed: 1, within: DEADLINE };
/** No answer can come any more to the call under way, which was executed; the connection holds. */
export const REPLY_LOST: Sees = {
  states: [],
  call: 'CONNECTION_LOST unknown reply-lost',
  executed: 1,
  within: AT_ONCE,
};

/** The connection is lost by a fault, and comes back. */
export function lost(fault: FaultKind): Sees {
  return { states: [`reconnecting: ${fault}`, ...LIFE], within: AT_ONCE };
}

/** The same, and with it the call under way, which was executed. */
export function lostInCall(fault: FaultKind): Sees {
  return { ...lost(fault), call: `CONNECTION_LOST unknown ${fault}`, executed: 1 };
}
