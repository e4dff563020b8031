import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { hiddenPackagesReached } from '../../../scripts/source/declarations.ts';
import { importsIn, packageOf } from '../../../scripts/source/module-imports.ts';

describe('importsIn', () => {
  it('finds every way to import, and tells which leave nothing at run time', () => {
    const source = `import type { A } from 'a';
import { type B, c } from 'b';
import { type D } from 'd';
import 'e';
export * from './f.ts';
export type { G } from 'g';
const h = await import('h');
type I = import('i').I;
/// <reference types="j" />`;

    const found = importsIn(source, 'x.ts').map(({ specifier, typeOnly, line }) => [specifier, typeOnly, line]);

    expect(found).toEqual([
      ['a', true, 1],
      ['b', false, 2],
      ['d', true, 3],
      ['e', false, 4],
      ['./f.ts', false, 5],
      ['g', true, 6],
      ['h', false, 7],
      ['i', true, 8],
      ['j', true, 9],
    ]);
  });

  it('throws on a file that cannot be parsed, naming it', () => {
    expect(() => importsIn('import {', 'broken.ts')).toThrow('broken.ts: ');
  });
});

describe('packageOf', () => {
  it.each([
    ['effect/Effect', 'effect'],
    ['@scope/name/sub', '@scope/name'],
    ['./local.ts', undefined],
    ['node:fs', undefined],
  ])('of %s is %s', (specifier, name) => {
    expect(packageOf(specifier)).toBe(name);
  });
});

describe('hiddenPackagesReached', () => {
  const folder = mkdtempSync(join(tmpdir(), 'declarations-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('finds a hidden package behind other files, and says the way', () => {
    writeFileSync(join(folder, 'index.d.ts'), `export type { A } from './a.js';\nexport type Z = import('zod').Z;`);
    writeFileSync(join(folder, 'a.d.ts'), `export interface A { b: import('./b.ts').B; }`);
    writeFileSync(join(folder, 'b.d.ts'), `import type { Effect } from 'effect/Effect';\nexport type B = Effect<A>;`);
    writeFileSync(join(folder, 'unreached.d.ts'), `export * from 'xstate';`);

    expect(hiddenPackagesReached(join(folder, 'index.d.ts'))).toEqual(['index.d.ts > a.d.ts > b.d.ts > effect/Effect']);
  });
});
