/** Pins the lock files, the benchmark's too: they install on every platform, from any registry. */

import { describe, expect, it } from 'vitest';
import { completeLockFile, type LockFile, missingPackages } from '../../scripts/source/lock-file.ts';
import { readOwnFile } from '../../scripts/source/repository.ts';

const LOCK_FILES = ['package-lock.json', 'bench/package-lock.json'];

describe.each(LOCK_FILES)('the lock file %s', (path) => {
  const lock = JSON.parse(readOwnFile(path)) as LockFile;

  it('lists the optional packages of every platform: `npm run lock:platforms` adds what a registry lacked', () => {
    expect(missingPackages(lock)).toEqual([]);
  });

  it('names no place that a package came from', () => {
    const placed = Object.entries(lock.packages).filter(([, { resolved }]) => resolved !== undefined);

    expect(placed.map(([path]) => path)).toEqual([]);
  });
});

describe('completeLockFile', () => {
  const wanted = { '@a/a-linux-x64-musl': '1.2.3', '@a/a-darwin-arm64': '1.2.3' };
  const known = { version: '1.2.3', dev: true, optional: true, os: ['darwin'], cpu: ['arm64'] };
  const incomplete: LockFile = {
    packages: {
      '': {},
      'node_modules/@a/a-darwin-arm64': known,
      'node_modules/a': { version: '1.2.3', dev: true, optionalDependencies: wanted },
    },
  };

  it('adds what is missing, for its platform only, and keeps the rest', () => {
    const { completed, added } = completeLockFile(incomplete);

    expect(added).toEqual(['@a/a-linux-x64-musl']);
    expect(completed.packages).toEqual({
      ...incomplete.packages,
      'node_modules/@a/a-linux-x64-musl': { ...known, os: ['linux'], cpu: ['x64'], libc: ['musl'] },
    });
  });

  it('refuses to guess the platform of a package', () => {
    const unclear: LockFile = { packages: { 'node_modules/a': { optionalDependencies: { fast: '1.0.0' } } } };

    expect(() => completeLockFile(unclear)).toThrow('fast@1.0.0 is missing in the lock file');
  });
});
