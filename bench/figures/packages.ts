/** What an installed package brings along: its version, and how many packages and bytes come with it. */

import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** Read the version of a package that a folder can import. */
export function versionOf(name: string, from: string): string {
  const folder = folderOf(name, from);
  return (folder && manifestIn(folder).version) ?? 'not installed';
}

/** The folders of all packages that a program gets which installs what this folder's manifest names, its own left out. */
export function closureOf(folder: string): Set<string> {
  const found = new Set<string>();
  const visit = (from: string): void => {
    const { dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta } = manifestIn(from);
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      // npm installs a peer by itself unless it is optional.
      const isOptionalPeer = peerDependenciesMeta?.[name]?.optional ?? false;
      if (isOptionalPeer && dependencies?.[name] === undefined) continue;
      const next = folderOf(name, from);
      if (next === undefined || found.has(next)) continue;
      found.add(next);
      visit(next);
    }
  };
  visit(folder);
  return found;
}

/** Where an import of the package from that folder leads; nothing when it is not installed. */
export function folderOf(name: string, from: string): string | undefined {
  for (let at = from; ; at = dirname(at)) {
    const folder = join(at, 'node_modules', name);
    if (exists(join(folder, 'package.json'))) return folder;
    if (dirname(at) === at) return undefined;
  }
}

/** Bytes of the files in a folder; packages nested inside are packages of their own. */
export function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules') bytes += bytesIn(path);
    else if (entry.isFile()) bytes += lstatSync(path).size;
  }
  return bytes;
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
