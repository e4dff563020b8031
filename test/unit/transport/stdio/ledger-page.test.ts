import { describe, expect, it } from 'vitest';
import { formatPage, pageName, pageOwner, parsePage } from '../../../../src/transport/stdio/ledger-page.ts';

const UNIQUE = '00000000-0000-4000-8000-000000000000';
const COMMAND = 'a'.repeat(32);
const PROCESS = { pid: 200, startTime: '12345', command: COMMAND };
const PAGE = { place: 'boot pid:[1]', entries: [{ group: 200, processes: [PROCESS] }] };

const written = (value: unknown): string => JSON.stringify(value);
const withGroup = (group: unknown): string => written({ version: 1, place: 'p', entries: [{ group, processes: [] }] });
const withProcess = (more: object): string =>
  written({ version: 1, place: 'p', entries: [{ group: 200, processes: [{ ...PROCESS, ...more }] }] });

describe('page of a ledger', () => {
  it('is read as it was written', () => {
    expect(parsePage(formatPage(PAGE))).toEqual(PAGE);
  });

  it('holds what identifies a process and nothing else of it', () => {
    const more = { ...PROCESS, session: 200, args: ['--token', 'canary'] };
    const text = formatPage({ ...PAGE, entries: [{ group: 200, processes: [more] }] });
    expect(JSON.parse(text)).toEqual({ version: 1, ...PAGE });
  });

  it.each([
    ['nothing', ''],
    ['half of a page', formatPage(PAGE).slice(0, 60)],
    ['no object', 'null'],
    ['another version', written({ ...PAGE, version: 2 })],
    ['no place', written({ version: 1, entries: [] })],
    ['no entries', written({ version: 1, place: 'p' })],
    ['an entry that is null', written({ version: 1, place: 'p', entries: [null] })],
    // As the target of a signal: our own group, all processes, init.
    ['the group 0', withGroup(0)],
    ['the group 1', withGroup(1)],
    ['the group -1', withGroup(-1)],
    ['a group that is text', withGroup('200')],
    ['a group that is a fraction', withGroup(200.5)],
    ['a process 1', withProcess({ pid: 1 })],
    ['a start time that is a number', withProcess({ startTime: 12_345 })],
    ['an empty command', withProcess({ command: '' })],
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

  it.each(['notes.json', '0-1-x.json', `-1-1-${UNIQUE}.json`, `1-${UNIQUE}.json`, `1-1-${UNIQUE}.json.old`])(
    'is not %s',
    (name) => {
      expect(pageOwner(name)).toBeUndefined();
    },
  );
});
