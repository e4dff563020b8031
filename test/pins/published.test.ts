/** Pins the page of published servers: what it says is what the suite runs, in the versions that are installed for it. */

import { describe, expect, it } from 'vitest';
import type { LockFile } from '../../scripts/source/lock-file.ts';
import { readOwnFile } from '../../scripts/source/repository.ts';
import { hasHeld, type ServerResult } from '../published/results.ts';
import { SERVERS } from '../published/servers.ts';

const AT_LEAST = 10;

const results = JSON.parse(readOwnFile('test/published/results.json')) as readonly ServerResult[];
const { packages } = JSON.parse(readOwnFile('test/published/package-lock.json')) as LockFile;
const manifest = JSON.parse(readOwnFile('test/published/package.json')) as Record<
  'dependencies' | 'optionalDependencies' | 'overrides',
  Record<string, string>
>;
const dependencies = { ...manifest.dependencies, ...manifest.optionalDependencies };

describe('the published servers', () => {
  it(`are at least ${AT_LEAST} packages, over every transport, in both eras and built in many ways`, () => {
    const seen = <T>(of: (result: ServerResult) => T) => new Set(results.map(of));

    expect(seen((result) => result.package).size).toBeGreaterThanOrEqual(AT_LEAST);
    expect([...seen(({ transport }) => transport)].sort()).toEqual(['sse', 'stdio', 'streamable_http']);
    expect([...seen(({ revision }) => revision)]).toEqual(expect.arrayContaining(['2024-11-05', '2026-07-28']));
    expect([...seen(({ builtWith }) => builtWith.split(' ')[0] ?? '')].sort()).toEqual([
      '@modelcontextprotocol/sdk',
      '@modelcontextprotocol/server',
      'fastmcp',
      'github.com/mark3labs/mcp-go',
      'github.com/modelcontextprotocol/go-sdk',
      'rmcp',
      'tmcp',
    ]);
  });

  it('are those that the suite runs and the package installs, all of which held', () => {
    expect(results.map(({ name }) => name)).toEqual(SERVERS.map(({ name }) => name));
    expect([...new Set(SERVERS.map((server) => server.package))].sort()).toEqual(Object.keys(dependencies).sort());
    expect(results.filter((result) => !hasHeld(result))).toEqual([]);
  });

  it('are wanted in exact versions', () => {
    const loose = Object.entries({ ...dependencies, ...manifest.overrides }).filter(
      ([, version]) => !/^\d[\w.-]*$/.test(version),
    );

    expect(loose).toEqual([]);
  });

  it.each(results.map((result) => [result.name, result] as const))(
    '%s is shown in the version that is installed, and so is what it is built with',
    (_, { package: name, version, builtWith }) => {
      const [wanted = '', builtWithVersion] = builtWith.split(' ');
      const seen = packages[`node_modules/${name}/node_modules/${wanted}`] ?? packages[`node_modules/${wanted}`];

      expect([dependencies[name], packages[`node_modules/${name}`]?.version]).toEqual([version, version]);
      // Otherwise it is part of the program, and the lock file knows nothing of it.
      if (seen !== undefined && builtWithVersion !== '(bundled)') expect(builtWithVersion).toBe(seen.version);
    },
  );
});
