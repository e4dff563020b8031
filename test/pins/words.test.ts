/**
 * Pins what no file of the repository may hold: marks of unfinished work, paths of the machine it was written
 * on, and hosts it was installed from. The patterns are written so that they do not find themselves.
 */

import { homedir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { ownFiles, ROOT, readOwnFile } from '../../scripts/source/repository.ts';

const UNFINISHED = /\b(?:TO[D]O|FIX[M]E|X{3}|HA[C]K)\b/;
const UNFINISHED_IN_CODE = /\bnot imple[m]ented(?: yet)?['"`]|\bfor n[o]w\b|\bplace[h]older\b|\.(?:only|todo|skip)\(/i;
const ABSOLUTE_PATH = /(?<![\w.~*})-])\/(?:home|root|Users|work|workspace|mnt|srv|builds)\/[\w.]/;
const REGISTRY = /\bregistry\.(?:npm|yarn)|\bnpm\.pkg\.|\bartifactory\b/i;
const CHATTER = /\bCo-Author[e]d-By\b|\bGenerated w[i]th\b|\bas an A[I] \b/i;

const files = ownFiles().map((path) => ({ path, lines: readOwnFile(path).split('\n') }));
const code = files.filter(({ path }) => /^(?:src|test|examples|scripts|bench)\//.test(path));

describe('the repository', () => {
  it('holds no mark of unfinished work', () => {
    expect([...found(files, UNFINISHED), ...found(code, UNFINISHED_IN_CODE)]).toEqual([]);
  });

  it('holds no path of a machine', () => {
    const here = files.flatMap(({ path, lines }) =>
      lines.flatMap((line, index) =>
        [ROOT, homedir()].some((each) => names(line, each)) ? [`${path}:${index + 1}`] : [],
      ),
    );

    expect([...found(files, ABSOLUTE_PATH), ...here]).toEqual([]);
  });

  it('holds no host of a package registry, in the lock file neither', () => {
    const resolved = found(files, /^\s*"resolved": "http/);

    expect([...found(files, REGISTRY), ...resolved]).toEqual([]);
  });

  it('holds no chatter of tools', () => {
    expect(found(files, CHATTER)).toEqual([]);
  });
});

describe('the check itself', () => {
  it.each([
    [UNFINISHED, `// ${'TO'}${'DO'}: later`],
    [UNFINISHED_IN_CODE, `it.${'only'}('x', () => {})`],
    [ABSOLUTE_PATH, `read('${['', 'home', 'me', 'x'].join('/')}')`],
    [REGISTRY, `https://${'registry'}.${'npm'}.example/x`],
  ])('finds what %s is for', (pattern, line) => {
    expect(found([{ path: 'x', lines: [line] }], pattern)).toEqual(['x:1']);
  });

  it('lets a path in a URL and a path in the package pass', () => {
    const lines = [
      ['https://example.com', 'home', 'page'],
      ['.', 'work', 'list.ts'],
      ['test', 'root', 'x.ts'],
    ].map((parts) => parts.join('/'));

    expect(found([{ path: 'x', lines }], ABSOLUTE_PATH)).toEqual([]);
  });
});

interface TextFile {
  readonly path: string;
  readonly lines: readonly string[];
}

function found(among: readonly TextFile[], pattern: RegExp): string[] {
  return among.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

/** A folder as short as `/` or `/x` stands in many lines without meaning this machine. */
function names(line: string, folder: string): boolean {
  return folder.length > 5 && line.includes(folder);
}
