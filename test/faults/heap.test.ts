/** Faults of one call, again and again on one connection that lives for days, keep nothing in memory. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import type { TransportKind } from '../../src/index.ts';
import { TRANSPORTS } from '../contract/transport-under-test.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { openAct } from './act.ts';
import { GROUPS } from './table/groups.ts';
import { type FaultRow, isPlayed } from './table/row.ts';

watchForLeaks();

/** Lazily compiled code and caches that fill once. */
const WARM_UP = 100;
const ROUNDS = 200;
/** Some ten kilobytes a round, which no garbage of the collector reaches, would be some megabytes. */
const BOUND_BYTES = 1_000_000;

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
  await using act = await openAct({ ...row, lasting: true }, TRANSPORTS[kind]);
  await act.begin();
  const endings = new Set<string>();
  const play = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) endings.add((await act.call()) ?? '');
    // What the stand writes down is not what the library keeps.
    act.stand.events.length = 0;
  };

  await play(WARM_UP);
  const before = liveBytes();
  await play(ROUNDS);
  const grown = liveBytes() - before;

  expect([...endings].filter((ending) => ending === 'answered')).toEqual([]);
  expect(grown).toBeLessThan(BOUND_BYTES);
});
