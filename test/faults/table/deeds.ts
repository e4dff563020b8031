/** What rows have in common: the calls they make, how they strike, and how a fault is taken away again. */

import { freeze, thaw } from '../../../src/testing/processes.ts';
import type { CallPlan, Scene } from './row.ts';
import { CALL_MS } from './terms.ts';

/** A call that stays under way until something ends it. */
export const WAIT: CallPlan = { tool: 'wait', underWay: { kind: 'executed', name: 'wait' } };
/** A call that meets a fault of the scripted server. */
export const ECHO: CallPlan = { tool: 'echo', args: { text: 'first' } };
/** The same, with a deadline that it will not meet. */
export const LATE_ECHO: CallPlan = { ...ECHO, timeoutMs: CALL_MS };

/** A call that has its effect and then goes wrong. */
export function commit(ending: 'exit' | 'cut' | 'reset' | 'hang'): CallPlan {
  return { tool: 'commit', args: { file: '/dev/null', ending }, ...(ending === 'hang' ? { timeoutMs: CALL_MS } : {}) };
}

export const kill = ({ server }: Scene) => server.kill();
export const revive = ({ server }: Scene) => server.revive();

/** Start a server again that has ended by itself. A stdio server is started again by whoever connects to it. */
export async function restart({ server, kind }: Scene): Promise<void> {
  if (kind === 'stdio') return;
  await server.kill();
  await server.revive();
}

/** Freeze whatever process serves now: it lives, keeps its pipes and sockets, and does nothing. */
export const stop = ({ server }: Scene) => freeze(server.pid);

/** Let a frozen server go on, unless it is one of ours, which is ended by whoever started it. */
export function wake({ kind, server }: Scene): void {
  if (kind !== 'stdio') thaw(server.pid);
}
