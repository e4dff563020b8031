/** Pins the size and the names of our files: small ones that do one thing and say in their name what it is. */

import { describe, expect, it } from 'vitest';
import { ownFiles, readOwnFile } from '../../scripts/source/repository.ts';

const MAX_LINES = 400;
const MAX_MEDIAN_LINES = 120;

/** Parts of a name that say nothing about what is inside. */
const EMPTY_WORDS: readonly string[] = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'manager', 'data'];
const KEBAB_CASE = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.(?:ts|mjs|js|json|jsonc|txt|md)$/;

const sources = ownFiles('src', '.ts').map((path) => ({ path, lines: readOwnFile(path).trimEnd().split('\n').length }));
const named = ['src', 'test', 'scripts', 'examples', 'bench']
  .flatMap((folder) => ownFiles(folder))
  .filter((path) => !path.endsWith('/.npmrc'));

describe('the files of src', () => {
  it(`have at most ${MAX_LINES} lines each`, () => {
    expect(sources.filter(({ lines }) => lines > MAX_LINES)).toEqual([]);
  });

  it(`have fewer than ${MAX_MEDIAN_LINES} lines in the median`, () => {
    const sizes = sources.map(({ lines }) => lines).sort((a, b) => a - b);

    expect(sizes.length).toBeGreaterThan(0);
    expect(sizes[Math.floor(sizes.length / 2)]).toBeLessThan(MAX_MEDIAN_LINES);
  });
});

describe('the names of files and folders', () => {
  it('are kebab-case', () => {
    const wrong = named.filter((path) => {
      const parts = path.split('/');
      const name = parts.pop() ?? '';
      return !(KEBAB_CASE.test(name) || name === 'README.md') || parts.some((part) => !/^[a-z0-9-]+$/.test(part));
    });

    expect(wrong).toEqual([]);
  });

  it('hold no word that says nothing', () => {
    const wrong = named.filter((path) => path.split(/[/.-]/).some((word) => EMPTY_WORDS.includes(word)));

    expect(wrong).toEqual([]);
  });
});
