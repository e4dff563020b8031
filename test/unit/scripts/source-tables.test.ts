import { describe, expect, it } from 'vitest';
import { SOURCE_TABLES } from '../../../scripts/docs/source-tables.ts';
import { unionMembers } from '../../../scripts/docs/union-members.ts';

/** Loads from memory instead of from the repository. */
function files(sources: Readonly<Record<string, string>>): (path: string) => string {
  return (path) => {
    const source = sources[path];
    if (source === undefined) throw new Error(`no file ${path}`);
    return source;
  };
}

describe('the table of errors', () => {
  it('has a row per code, in the order of the source', () => {
    const load = files({
      'src/errors.ts': `export const ERROR_CODES = { B_CODE: 'One | two.', A_CODE: "Three." } as const;`,
    });

    expect(SOURCE_TABLES['errors']?.(load)).toBe(
      ['| Code | Meaning |', '| --- | --- |', '| `B_CODE` | One \\| two. |', '| `A_CODE` | Three. |'].join('\n'),
    );
  });
});

describe('the table of defaults', () => {
  const path = 'src/config/defaults.ts';

  it('has value, unit and doc comment of each', () => {
    const load = files({
      [path]: `export const DEFAULTS = {
        /** How long,
         *  and why. */
        waitMs: 30_000,
        /** How much. */
        maxBytes: 64 * 1024,
      } as const;`,
    });

    expect(SOURCE_TABLES['defaults']?.(load)).toBe(
      [
        '| Name | Value | Unit | What it is, and why |',
        '| --- | --- | --- | --- |',
        '| `waitMs` | `30_000` | ms | How long, and why. |',
        '| `maxBytes` | `64 * 1024` | bytes | How much. |',
      ].join('\n'),
    );
  });

  it('is refused when a default has no doc comment of its own', () => {
    const load = files({ [path]: `/** All. */ export const DEFAULTS = { /** One. */ a: 1, b: 2 } as const;` });

    expect(() => SOURCE_TABLES['defaults']?.(load)).toThrow("src/config/defaults.ts: 'b' has no doc comment");
  });
});

describe('the table of the verbs of faults', () => {
  const path = 'src/testing/fault-transport/verbs.ts';
  const table = (verbs: string) =>
    SOURCE_TABLES['fault-verbs']?.(files({ [path]: `export const FAULT_VERBS = ${verbs} as const;` }));

  it('has what each is on each transport', () => {
    expect(table(`{ cut: { stdio: 'ends', http: 'closes' } }`)?.split('\n')[2]).toBe('| `cut` | ends | closes |');
  });

  it.each([`{ cut: 'ends' }`, `{ cut: { stdio: 1, http: 'closes' } }`])('is refused for %s', (verbs) => {
    expect(() => table(verbs)).toThrow(path);
  });
});

describe('the table of limits', () => {
  const defaults = `export const DEFAULTS = { /** Why. */ maxListEntries: 10_000 } as const;`;
  const table = (member: string) =>
    SOURCE_TABLES['limits']?.(
      files({
        'src/config/defaults.ts': defaults,
        'src/config/limits.ts': `export interface ServerLimits { ${member} }`,
      }),
    );

  it('has the default, what it bounds and what is seen beyond it', () => {
    expect(table('/** Tools. **Beyond** Fault. */ readonly maxListEntries: number')?.split('\n')[2]).toBe(
      '| `limits.maxListEntries` | `10_000` | Tools. | Fault. |',
    );
  });

  it.each([
    [
      'does not say what is beyond it',
      '/** Tools. */ maxListEntries: number',
      "'maxListEntries' does not say what is beyond it",
    ],
    ['has no default', '/** Pages. **Beyond** Fault. */ maxPages: number', "'maxPages' has no default"],
    ['has no comment', 'maxListEntries: number', "'maxListEntries' has no doc comment"],
  ])('refuses a limit that %s', (_, member, message) => {
    expect(() => table(member)).toThrow(message);
  });
});

describe('the table of a configuration', () => {
  const table = (member: string) =>
    SOURCE_TABLES['BackoffConfig']?.(
      files({
        'src/config/defaults.ts': 'export const DEFAULTS = { /** Why. */ backoffBaseMs: 500 } as const;',
        'src/config/supervision-config.ts': `export interface BackoffConfig { ${member} }`,
      }),
    );

  it('has each field, its type, and the value of the default that its comment names', () => {
    const member = '/** First. Default `DEFAULTS.backoffBaseMs`. */ readonly baseMs?: number | undefined;';

    expect(table(member)?.split('\n')[2]).toBe('| `baseMs?` | `number` | First. Default `500`. |');
  });

  it.each([
    ['has no comment', 'readonly baseMs: number;', "'baseMs' has no doc comment"],
    ['names a default that is not there', '/** `DEFAULTS.baseMs` */ baseMs: number;', "there is no default 'baseMs'"],
    ['is no property', '/** Does. */ wait(): void;', "'BackoffConfig' has more than properties"],
  ])('refuses a field that %s', (_, member, message) => {
    expect(() => table(member)).toThrow(message);
  });
});

describe('unionMembers', () => {
  it('reads object types written in place, whether the comment stands before the bar or inside', () => {
    const load = files({
      'a.ts': `export type Fault =
        /** First. */
        | { readonly kind: 'one'; readonly code: number | null; readonly text?: string }
        | { /** Second. */ kind: 'two' };`,
    });

    expect(unionMembers(load, 'a.ts', 'Fault', 'kind')).toEqual([
      { tag: 'one', doc: 'First.', fields: ['code: number | null', 'text?: string'] },
      { tag: 'two', doc: 'Second.', fields: [] },
    ]);
  });

  it('follows interfaces, what they extend, nested unions and imports', () => {
    const load = files({
      'src/observe/event.ts': `
        import type { Added } from '../supervisor/events.ts';
        interface Base { readonly atMs: number }
        /** It changed. */
        interface Changed extends Base { readonly type: 'state.changed'; readonly to: string }
        export type Event = Changed | Lists;
        type Lists = Added | Base & { /** It went. */ type: 'server.removed' };`,
      'src/supervisor/events.ts': `/** It came. */ export interface Added { type: 'server.added' }`,
    });

    expect(unionMembers(load, 'src/observe/event.ts', 'Event', 'type')).toEqual([
      { tag: 'state.changed', doc: 'It changed.', fields: ['atMs: number', 'to: string'] },
      { tag: 'server.added', doc: 'It came.', fields: [] },
      { tag: 'server.removed', doc: 'It went.', fields: [] },
    ]);
  });

  it.each([
    ['has no doc comment', `export type E = { type: 'x' };`, "a.ts: 'x' has no doc comment"],
    ['has no literal', `export type E = /** D. */ { type: string };`, "a.ts: an object type has no literal 'type'"],
    ['cannot be found', `export type E = Missing;`, "a.ts: 'Missing' is no object type with a literal 'type'"],
  ])('refuses a member that %s', (_, source, message) => {
    expect(() => unionMembers(files({ 'a.ts': source }), 'a.ts', 'E', 'type')).toThrow(message);
  });

  it('refuses a union that is not there', () => {
    expect(() => unionMembers(files({ 'a.ts': '' }), 'a.ts', 'E', 'type')).toThrow("a.ts declares no type 'E'");
  });
});
