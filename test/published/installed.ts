/** What is installed beside this file: the programs of the packages, and the versions of what they are built with. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('.', import.meta.url));

interface Manifest {
  readonly version: string;
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly engines?: { readonly node?: string };
}

/** The path of a program, by default the first that the package names. Throws when it is not installed. */
export function installedProgram(packageName: string, program?: string): string {
  const { bin } = manifestOf(packageName);
  const named = program ?? (typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]);
  if (named === undefined) throw new Error(`${packageName} has no program`);
  return join(folderOf(packageName), named);
}

/** Whether a package is installed: an optional one is left out where it does not run. */
export function isInstalled(packageName: string): boolean {
  return existsSync(join(folderOf(packageName), 'package.json'));
}

/** The installed version of a package. */
export function installedVersion(packageName: string): string {
  // Some manifests say `v1.2.3` for what the registry calls `1.2.3`.
  return manifestOf(packageName).version.replace(/^v/, '');
}

/** The version of a package as another one gets it; nothing when it is installed nowhere that the other one looks. */
export function versionSeenBy(packageName: string, wanted: string): string | undefined {
  let folder = folderOf(packageName);
  for (;;) {
    const path = join(folder, 'node_modules', wanted, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as Manifest).version;
    if (folder === dirname(FOLDER) || folder === dirname(folder)) return undefined;
    folder = dirname(folder);
  }
}

/** What a program says that it was built with, in its own bytes. */
export function versionWithin(program: string, mark: RegExp): string | undefined {
  return mark.exec(readFileSync(program, 'latin1'))?.[1];
}

/** The first major version of Node that a package says it runs on; 0 when it says nothing. */
export function neededNode(packageName: string): number {
  return Number(/\d+/.exec(manifestOf(packageName).engines?.node ?? '0')?.[0]);
}

function folderOf(packageName: string): string {
  return join(FOLDER, 'node_modules', packageName);
}

function manifestOf(packageName: string): Manifest {
  return JSON.parse(readFileSync(join(folderOf(packageName), 'package.json'), 'utf8')) as Manifest;
}
