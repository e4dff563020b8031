/** Faults of one call, again and again on one connection that lives for days, keep nothing in memory. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { TransportKind } from '../../src/index.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { openAct } from './act.ts';
import { GROUPS } from './table/groups.ts';
import { type CallPlan, type FaultRow, isPlayed } from './table/row.ts';

watchForLeaks();

/** Lazily compiled code and caches that fill once. */
const WARM_UP = 100;
const ROUNDS = 75;
const BATCHES = 4;
/** What a call carries, so that whatever keeps one weighs something. */
const WEIGHT = 'x'.repeat(20_000);
/** Kept calls would weigh 4.5 MB; what lingers for a second or two, and what the collector moves, half of that at most. */
const BOUND_BYTES = 3_000_000;

const CASES: readonly (readonly [id: FaultRow['id'], kind: TransportKind])[] = [
  ['reply:error', 'stdio'],
  ['reply:wrong-shape', 'sse'],
  ['reply:wrong-shape', 'streamable_http'],
  ['reply:stream-ends', 'streamable_http'],
  ['answer:reset', 'streamable_http'],
  ['body:not-json', 'streamable_http'],
  ['busy:429', 'sse'],
  ['body:accepted', 'streamable_http'],
];

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

function liveBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

it.each(CASES)('%s on %s keeps no memory, however often it happens', async (id, kind) => {
  const rows: readonly FaultRow[] = Object.values(GROUPS).flatMap((group): readonly FaultRow[] => group.rows);
  const row = rows.filter(isPlayed).find((each) => each.id === id);
  if (row === undefined) throw new Error(`no row ${id}`);
  const call: CallPlan = { ...row.call, tool: row.call?.tool ?? '', args: { ...row.call?.args, text: WEIGHT } };
  await using act = await openAct({ ...row, call, lasting: true }, TRANSPORTS[kind]);
  await act.begin();
  const endings = new Set<string>();
  const play = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) endings.add((await act.call()) ?? '');
    // What the stand writes down is not what the library keeps.
    act.stand.events.length = 0;
  };

  await play(WARM_UP);
  const before = liveBytes();
  const grown: number[] = [];
  for (let batch = 0; batch < BATCHES; batch += 1) {
    await play(ROUNDS);
    grown.push(liveBytes() - before);
  }

  expect([...endings].filter((ending) => ending === 'answered')).toEqual([]);
  // What is kept is there at every moment; what only has not been collected yet is not.
  expect(Math.min(...grown.slice(-2))).toBeLessThan(BOUND_BYTES);
});
