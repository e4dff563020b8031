/** Finds the programs of the published MCP servers that the examples run against; they are installed with this repository. */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The part of a `ServerConfig` that says which process to start. */
export interface Launch {
  readonly command: string;
  readonly args: string[];
}

/** How to start `server-everything`, the reference server with a bit of everything, as a stdio process. */
export function everything(): Launch {
  return { command: process.execPath, args: [programOf('@modelcontextprotocol/server-everything'), 'stdio'] };
}

/** How to start `server-filesystem` as a stdio process that may touch one folder. */
export function filesystem(folder: string): Launch {
  return { command: process.execPath, args: [programOf('@modelcontextprotocol/server-filesystem'), folder] };
}

/** The path of the program that an installed package names as its `bin`. */
export function programOf(packageName: string): string {
  const manifestPath = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { bin: Record<string, string> };
  const [program] = Object.values(bin);
  if (program === undefined) throw new Error(`${packageName} has no program`);
  return join(dirname(manifestPath), program);
}
