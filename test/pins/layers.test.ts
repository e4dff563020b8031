/** Pins the layers: imports only go down, and only the rooms that own decisions and resources see xstate and effect. */

import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hiddenPackagesReached } from '../../scripts/source/declarations.ts';
import { importsOf, packageOf } from '../../scripts/source/module-imports.ts';
import { ownFiles, ROOT } from '../../scripts/source/repository.ts';

/** The rooms of `src`, low to high. A file may import its own layer and every lower one. */
const LAYERS: readonly (readonly string[])[] = [
  ['connection-state', 'errors', 'fault', 'clock', 'once', 'version'],
  ['config', 'policy'],
  ['schema'],
  ['world'],
  ['transport'],
  ['authorization'],
  ['link'],
  ['listing'],
  ['connection'],
  ['supervisor'],
  ['asking'],
  ['call'],
  ['task'],
  ['session'],
  ['opening'],
  ['catalog'],
  ['options', 'server-verbs', 'mcp-supervisor'],
  ['index'],
  ['cli'],
  ['testing'],
];

/** All that the room of the subpath `testing` may import beside itself: it uses the library as any user does. */
const BELOW_TESTING: readonly string[] = ['clock', 'errors', 'index'];

/** Listens beside the layers: it may name the types of all below the facade, and only the facade and above use it. */
const LISTENER = 'observe';
const FACADE = rankOf('mcp-supervisor');
/** What the listener may run, not only name. */
const RUNNABLE_BY_LISTENER = rankOf('policy');

/** The rooms that may import the packages which the public surface hides. */
const OWNERS_OF_HIDDEN_PACKAGES: readonly string[] = ['connection', 'supervisor'];
const HIDDEN_PACKAGES: readonly string[] = ['xstate', 'effect'];

interface SourceImport {
  readonly where: string;
  readonly room: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
}

const imports: readonly SourceImport[] = ownFiles('src', '.ts').flatMap((path) =>
  importsOf(join(ROOT, path)).map(({ specifier, typeOnly, line }) => {
    const target = specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier;
    return { where: `${path}:${line}`, room: roomOf(path), specifier: target, typeOnly };
  }),
);

describe('the layers of src', () => {
  it('hold every file: a new room needs a place in the table', () => {
    const rooms = [...new Set(ownFiles('src').map(roomOf))];

    expect(rooms.filter((room) => room !== LISTENER && rankOf(room) < 0)).toEqual([]);
  });

  it('are imported downwards only', () => {
    const wrong = imports.filter((each) => each.specifier.startsWith('src/') && !mayImport(each));

    expect(wrong.map(({ where, specifier }) => `${where} imports ${specifier}`)).toEqual([]);
  });

  it('let the testing room see time, errors and the public surface only', () => {
    const rooms = imports
      .filter(({ room, specifier }) => room === 'testing' && specifier.startsWith('src/'))
      .map(({ specifier }) => roomOf(specifier));

    expect([...new Set(rooms)].filter((room) => ![...BELOW_TESTING, 'testing'].includes(room))).toEqual([]);
  });

  it('import nothing of the repository but src', () => {
    const outside = imports.filter(({ specifier }) => /^(?:\.|test\/|scripts\/|examples\/)/.test(specifier));

    expect(outside.map(({ where, specifier }) => `${where} imports ${specifier}`)).toEqual([]);
  });

  it('name xstate and effect only in the rooms that own decisions and resources', () => {
    const wrong = imports.filter(
      ({ room, specifier }) =>
        HIDDEN_PACKAGES.includes(packageOf(specifier) ?? '') && !OWNERS_OF_HIDDEN_PACKAGES.includes(room),
    );

    expect(wrong.map(({ where, specifier }) => `${where} imports ${specifier}`)).toEqual([]);
  });
});

describe('the public declarations', () => {
  it.each(['dist/index.d.ts', 'dist/testing/index.d.ts'])('reach neither xstate nor effect from %s', (path) => {
    const entry = join(ROOT, path);
    expect(existsSync(entry), `there is no ${path}: run 'npm run build'`).toBe(true);

    expect(hiddenPackagesReached(entry)).toEqual([]);
  });
});

function mayImport({ room, specifier, typeOnly }: SourceImport): boolean {
  const target = roomOf(specifier);
  if (room === target) return true;
  if (room === LISTENER) return rankOf(target) < FACADE && (typeOnly || rankOf(target) <= RUNNABLE_BY_LISTENER);
  if (target === LISTENER) return rankOf(room) >= FACADE;
  return rankOf(target) <= rankOf(room);
}

/** `config` for `src/config/defaults.ts`, `clock` for `src/clock.ts`. */
function roomOf(path: string): string {
  return (path.split('/')[1] ?? '').replace(/\.ts$/, '');
}

function rankOf(room: string): number {
  return LAYERS.findIndex((layer) => layer.includes(room));
}
