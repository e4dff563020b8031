/** Holds what callers were told against what servers did. The rule: nothing runs twice, and no outcome lies. */

import type { Journal } from '../../src/testing/journal.ts';
import type { BookedCall, Ending } from './ledger.ts';

/** How often a call with this ending may have been carried out. */
const EXECUTIONS: Readonly<Record<Ending, readonly [least: number, most: number]>> = {
  resolved: [1, 1],
  'not-sent': [0, 0],
  refused: [0, 0],
  'no-server': [0, 0],
  unknown: [0, 1],
  // A scripted error comes without execution, as the error of a tool comes after it.
  'failed-by-server': [0, 1],
};

/** Count the executions of each call, by its id, over all lives of all servers. */
export function countExecutions(journals: readonly Journal[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const journal of journals) {
    for (const { arguments: given } of journal.entries({ kind: 'executed', method: 'tools/call' })) {
      const id = String(given?.['call']);
      counts.set(id, (counts.get(id) ?? 0) + 1);
    }
  }
  return counts;
}

/** Name each call whose ending does not fit what its server did, and each execution that nobody asked for. */
export function contradictions(calls: readonly BookedCall[], executions: ReadonlyMap<string, number>): string[] {
  const found: string[] = [];
  const known = new Set<string>();
  for (const { id, server, tool, ending, code, isRepeatable } of calls) {
    if (known.has(id)) found.push(`call ${id} ended twice`);
    known.add(id);
    const count = executions.get(id) ?? 0;
    const [least, most] = EXECUTIONS[ending];
    const isAllowed = isRepeatable && most > 0 ? count >= least : count >= least && count <= most;
    if (isAllowed) continue;
    found.push(`call ${id} (${tool} on ${server}) ended ${ending} (${code}) and was carried out ${count} times`);
  }
  for (const id of executions.keys()) if (!known.has(id)) found.push(`call ${id} was carried out and never ended`);
  return found;
}
