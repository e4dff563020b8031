/** What a server is doing, and why, as the errors of calls and waits say it: enough to act on, in one line. */

import type { ConnectionState } from '../connection-state.ts';
import { describeFault, type Fault } from '../fault.ts';

/** A server at the moment in which a call or a wait failed. */
export interface Situation {
  readonly state: ConnectionState;
  readonly parked: boolean;
  /** It waits for the network to come back. */
  readonly held: boolean;
  readonly attempt: number;
  readonly fault: Fault | undefined;
  /** Until the next attempt, or probe. */
  readonly retryInMs: number | undefined;
  /** Servers it waits for before its first life. */
  readonly waitingFor: readonly string[];
  /** The last lines of its stderr. */
  readonly stderr: readonly string[];
}

/** Lines of stderr that an error quotes, and characters of each. */
const QUOTED_LINES = 3;
const QUOTED_CHARS = 200;

/** Say what a server is doing, as in `is reconnecting: the server cannot be reached (ECONNREFUSED); next attempt in 4.2 s`. */
export function describeSituation(server: string, situation: Situation): string {
  const { state, parked, held, attempt, fault, retryInMs, waitingFor } = situation;
  if (waitingFor.length > 0) return `waits for ${waitingFor.map((name) => `'${name}'`).join(', ')} to be ready`;
  const why = fault === undefined ? '' : `: ${describeFault(fault)}`;
  const quote = quoteStderr(situation, 1);
  switch (state) {
    case 'ready':
      return 'is ready';
    case 'connecting':
    case 'initializing':
      return `is ${state}, attempt ${attempt}${fault === undefined ? '' : `, after${why}`}${quote}`;
    case 'closed':
      return `is closed${why}${quote}; retryServer('${server}') starts an attempt`;
    case 'reconnecting':
      if (held) return `is held until the network is back${why}${quote}; probed ${due(retryInMs)}`;
      if (!parked) return `is reconnecting${why}${quote}; next attempt ${due(retryInMs)}`;
      if (fault?.kind === 'auth-required') return `is parked${why}; authorize('${server}', …) goes on`;
      return `is parked${why}${quote}; probed ${due(retryInMs)}, and retryServer('${server}') starts an attempt now`;
  }
}

/** Quote the end of stderr, or nothing where the fault says as much. */
export function quoteStderr({ fault, stderr }: Pick<Situation, 'fault' | 'stderr'>, lines = QUOTED_LINES): string {
  // The fault of a process that ended quotes the last line itself.
  const isQuoted = fault?.kind === 'process-exited' && (lines === 1 || fault.stderr.length < 2);
  const known = fault?.kind === 'process-exited' ? fault.stderr : stderr;
  if (isQuoted || known.length === 0) return '';
  return ` (stderr: ${known
    .slice(-lines)
    .map((line) => line.slice(0, QUOTED_CHARS))
    .join(' | ')})`;
}

function due(retryInMs: number | undefined): string {
  return retryInMs === undefined ? 'on request only' : `in ${(retryInMs / 1_000).toFixed(1)} s`;
}
