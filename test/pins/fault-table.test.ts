/** Pins the table of faults: how much is in it, that all of it is verified, and what must never leave it. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unionMembers } from '../../scripts/docs/union-members.ts';
import { ROOT, readOwnFile } from '../../scripts/source/repository.ts';
import { GROUPS } from '../faults/table/groups.ts';
import { type FaultRow, isPlayed, type PlayedFault, seenOn } from '../faults/table/row.ts';

const rows: readonly FaultRow[] = Object.values(GROUPS).flatMap((group): readonly FaultRow[] => group.rows);
const played = rows.filter(isPlayed);
const kinds = unionMembers(readOwnFile, 'src/fault.ts', 'Fault', 'kind').map(({ tag }) => tag);

/** What existing clients were measured to fail at; each is a row. */
const KNOWN_FAILURES: readonly string[] = [
  'process:killed-in-call',
  'process:killed-idle',
  'process:flaps',
  'process:commits-then-dies',
  'process:frozen-in-call',
  'process:frozen-idle',
  'reply:never',
  'reply:stream-ends',
  'reply:stream-breaks',
  'reply:late-beside-another',
  'reply:aborted',
  'session:forgotten',
  'session:server-restarted',
  'session:server-down',
  'notifications:changed',
  'command:missing',
  'initialize:never-answered',
  'initialize:unknown-method',
  'servers:slow-beside-others',
  'close:ignores-sigterm',
  'close:grandchild',
  'wrapper:killed-idle',
  'host:killed',
  'host:exits',
  'host:signalled',
  'url:of-sse',
  'message:garbage',
  'environment:shared',
];

describe('the table of faults', () => {
  it('has many rows, each with an id of its own', () => {
    expect(played.length).toBeGreaterThanOrEqual(100);
    expect(rows.map(({ id }) => id).filter((id) => !/^[a-z]+:[a-z0-9-]+$/.test(id))).toEqual([]);
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });

  it('says what is seen on each transport of each row', () => {
    for (const row of played) for (const kind of row.on) expect(seenOn(row, kind).within.ms).toBeGreaterThan(0);
  });

  it('says how often a call under way was executed wherever it failed after it was sent', () => {
    const silent = played.flatMap((row) =>
      row.on
        .map((kind) => seenOn(row, kind))
        .flatMap(({ call, executed }) => {
          const isSent =
            call?.includes(' unknown') || call?.includes(' refused') || call?.includes(' failed-by-server');
          return isSent && executed === undefined ? [row.id] : [];
        }),
    );

    expect(silent).toEqual([]);
  });

  it('meets every kind of fault', () => {
    const met = new Set([
      ...played.flatMap(kindsSeen),
      ...rows.flatMap((row) => (isPlayed(row) ? [] : (row.faults ?? []))),
    ]);

    expect(kinds.filter((kind) => !met.has(kind))).toEqual([]);
    expect([...met].filter((kind) => !kinds.includes(kind))).toEqual([]);
  });

  it('holds what existing clients fail at', () => {
    const ids: readonly string[] = rows.map(({ id }) => id);

    expect(KNOWN_FAILURES.filter((id) => !ids.includes(id))).toEqual([]);
  });

  it('is played, group by group', () => {
    const groups = Object.entries(GROUPS).filter(([, group]) => group.rows.some(isPlayed));
    const idle = groups.filter(([name]) => {
      const path = `test/faults/${name}.test.ts`;
      return !existsSync(join(ROOT, path)) || !readOwnFile(path).includes(`runGroup('${name}')`);
    });

    expect(idle).toEqual([]);
  });

  it('names tests that are there for what it does not play', () => {
    const missing = rows.flatMap((row) => {
      if (isPlayed(row)) return [];
      const { file, test } = row.verified;
      return existsSync(join(ROOT, file)) && readOwnFile(file).includes(test) ? [] : [`${row.id}: ${file}: ${test}`];
    });

    expect(missing).toEqual([]);
  });
});

/** The kinds of fault that a row shows, in a state or in the end of a call. */
function kindsSeen(row: PlayedFault): string[] {
  return row.on.flatMap((kind) => {
    const { states, call } = seenOn(row, kind);
    const inStates = states.flatMap((state) => [state].flat()).map((step) => step.split(': ')[1]);
    return [...inStates, call?.split(' ')[2]].filter((word) => word !== undefined);
  });
}
