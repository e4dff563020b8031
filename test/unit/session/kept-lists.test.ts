import { expect, it } from 'vitest';
import { KeptList } from '../../../src/session/kept-lists.ts';

const WHEN = { server: 'one', epoch: 1, atMs: 0 };
const found = (name: string, freshUntilMs?: number) => ({ entries: [{ name }], rejected: [], freshUntilMs });

it('a list is believed until its time is over, and not at all where its server says no time', () => {
  const list = new KeptList('prompts');
  list.look()(found('a', 100), WHEN);

  expect([list.isFresh(99), list.isFresh(100)]).toEqual([true, false]);
  const other = new KeptList('prompts');
  other.look()(found('a'), WHEN);
  expect(other.isFresh(0)).toBe(false);
});

it('a list that changes while it is fetched is taken, and not believed', () => {
  const list = new KeptList('prompts');
  const look = list.look();
  list.invalidate();

  look(found('a', 100), WHEN);

  expect([list.entries, list.isFresh(0)]).toEqual([[{ name: 'a' }], false]);
});

it('a list that was asked for earlier and comes later is not taken', () => {
  const list = new KeptList('prompts');
  const [early, late] = [list.look(), list.look()];
  late(found('new', 100), WHEN);

  expect(early(found('old', 200), WHEN)).toEqual([]);
  expect([list.entries, list.isFresh(150)]).toEqual([[{ name: 'new' }], false]);
});
