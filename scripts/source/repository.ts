/** Where the repository lies, and which of its files are ours: the one place where scripts and pins learn it. */

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the top folder, without a trailing slash. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');

/** `.git` is a file in a second working tree. */
const FOREIGN: ReadonlySet<string> = new Set(['.git', 'node_modules', 'dist', 'coverage']);
const FOREIGN_NAME = /\.(?:tgz|log)$/;

/** Read a file of the repository; the path is relative to its top. */
export function readOwnFile(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/**
 * List our files below a folder, relative to the top, sorted, with `/` between the parts. What is built,
 * installed or ignored is left out, symbolic links too. A folder that is missing has no files.
 */
export function ownFiles(folder = '.', ends = ''): string[] {
  const found: string[] = [];
  const visit = (directory: string): void => {
    for (const entry of entriesOf(directory)) {
      if (FOREIGN.has(entry.name)) continue;
      const path = join(directory, entry.name);
      if (entry.isDirectory()) visit(path);
      if (entry.isFile() && !FOREIGN_NAME.test(entry.name) && entry.name.endsWith(ends)) found.push(path);
    }
  };
  visit(join(ROOT, folder));
  return found.map((path) => relative(ROOT, path).replaceAll('\\', '/')).sort();
}

function entriesOf(directory: string) {
  try {
    return readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
