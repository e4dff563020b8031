import { describe, expect, it } from 'vitest';
import {
  formatEntry,
  formatGone,
  formatPage,
  pageName,
  pageOwner,
  parsePage,
} from '../../../../../src/transport/stdio/ledger/page.ts';

const UNIQUE = '00000000-0000-4000-8000-000000000000';
const COMMAND = 'a'.repeat(32);
const PROCESS = { pid: 200, startTime: '12345', command: COMMAND };
const PAGE = { place: 'boot pid:[1]', entries: [{ group: 200, processes: [PROCESS] }] };

const HEAD = { version: 2, place: 'p' };
const lines = (...values: unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join('');
const withGroup = (group: unknown): string => lines(HEAD, { group, processes: [] });
const withProcess = (more: object): string => lines(HEAD, { group: 200, processes: [{ ...PROCESS, ...more }] });

describe('page of a ledger', () => {
  it('is read as it was written', () => {
    expect(parsePage(formatPage(PAGE))).toEqual(PAGE);
  });

  it('says of each group what was added last', () => {
    const other = { group: 300, processes: [{ ...PROCESS, pid: 300 }] };
    const again = { group: 200, processes: [{ ...PROCESS, pid: 201 }] };
    const text = formatPage(PAGE) + formatEntry(other) + formatGone(200);
    expect(parsePage(text)?.entries).toEqual([other]);
    expect(parsePage(text + formatEntry(again))?.entries).toEqual([other, again]);
    expect(parsePage(formatPage(PAGE) + formatEntry(again))?.entries).toEqual([again]);
  });

  it('loses only the line that was cut off', () => {
    expect(parsePage(formatPage(PAGE) + formatGone(200).slice(0, -1))).toEqual(PAGE);
  });

  it('holds what identifies a process and nothing else of it', () => {
    const more = { ...PROCESS, session: 200, args: ['--token', 'canary'] };
    const text = formatPage({ ...PAGE, entries: [{ group: 200, processes: [more] }] });
    expect(text).toBe(lines({ version: 2, place: PAGE.place }, ...PAGE.entries));
  });

  it.each([
    ['nothing', ''],
    ['half of its first line', formatPage(PAGE).slice(0, 20)],
    ['no object', lines(null)],
    ['another version', lines({ ...HEAD, version: 3 })],
    ['no place', lines({ version: 2 })],
    ['a line that is no JSON', `${lines(HEAD)}{\n${lines(PAGE.entries[0])}`],
    ['an empty line', `${lines(HEAD)}\n`],
    ['an entry that is null', lines(HEAD, null)],
    // As the target of a signal: our own group, all processes, init.
    ['the group 0', withGroup(0)],
    ['the group 1', withGroup(1)],
    ['the group -1', withGroup(-1)],
    ['a group that is text', withGroup('200')],
    ['a group that is a fraction', withGroup(200.5)],
    ['a process 1', withProcess({ pid: 1 })],
    ['a start time that is a number', withProcess({ startTime: 12_345 })],
    ['an empty command', withProcess({ command: '' })],
    ['a group that is gone and is text', lines(HEAD, { gone: '200' })],
  ])('is none with %s', (_what, text) => {
    expect(parsePage(text)).toBeUndefined();
  });
});

describe('name of a ledger', () => {
  it('names its owner', () => {
    const name = pageName({ pid: 77, startTime: '4711' }, UNIQUE);
    expect(pageOwner(name)).toEqual({ pid: 77, startTime: '4711', isTorn: false });
    expect(pageOwner(`${name}.new`)).toMatchObject({ isTorn: true });
  });

  it.each([
    'notes.jsonl',
    `1-1-${UNIQUE}.json`,
    '0-1-x.jsonl',
    `-1-1-${UNIQUE}.jsonl`,
    `1-${UNIQUE}.jsonl`,
    `1-1-${UNIQUE}.jsonl.old`,
  ])('is not %s', (name) => {
    expect(pageOwner(name)).toBeUndefined();
  });
});
