/** Pins the page of bounds: each kind of hostile input has a test of the name that the page gives. */

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, readOwnFile } from '../../scripts/source/repository.ts';

const ROW = /^\| (.+) \| `(test\/[\w./-]+)` \| (.+) \|$/;

const rows = readOwnFile('docs/bounds.md')
  .split('\n')
  .map((line) => ROW.exec(line))
  .filter((row) => row !== null)
  .map(([, what = '', path = '', name = '']) => ({ what, path, name: name.replaceAll('\\_', '_') }));

describe('the page of bounds', () => {
  it('names a test for everything that a server can send', () => {
    expect(rows.length).toBeGreaterThanOrEqual(27);
  });

  it('names only tests that are there', () => {
    const missing = rows.filter(({ path, name }) => !existsSync(join(ROOT, path)) || !readOwnFile(path).includes(name));

    expect(missing).toEqual([]);
  });
});
