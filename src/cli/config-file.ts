/** Finds and reads the file that names the servers. Starts nothing. */

import { access } from 'node:fs/promises';
import { loadServers, type ServerConfig } from '../index.ts';
import { UsageError } from './usage-error.ts';

/** Where the servers are looked for when no file is named, in this order. */
export const DEFAULT_FILES: readonly string[] = ['mcp.json', '.mcp.json'];

const EXAMPLE =
  '{ "mcpServers": { "files": { "command": "npx", "args": ["-y", "@modelcontextprotocol/server-filesystem", "."] } } }';

/** Read the servers of the named file, or of the first default file there is. **Errors** `UsageError`, `ConfigError`. */
export async function readServers(named: string | undefined): Promise<ServerConfig[]> {
  const file = named ?? (await firstDefault());
  const configs = await loadServers(file);
  if (configs.length > 0) return configs;
  throw new UsageError(`${file} names no server that is switched on`, `a file with one server: ${EXAMPLE}`);
}

/** Take one server and all it depends on, directly or not, in the order of the file. **Errors** `UsageError`. */
export function withDependencies(configs: readonly ServerConfig[], server: string): ServerConfig[] {
  const byName = new Map(configs.map((config) => [config.name, config]));
  if (!byName.has(server)) {
    throw new UsageError(`no server '${server}' in the configuration`, `it names: ${[...byName.keys()].join(', ')}`);
  }
  const wanted = new Set([server]);
  // A set hands out what is added while it is walked.
  for (const name of wanted) for (const dependency of byName.get(name)?.dependsOn ?? []) wanted.add(dependency);
  return configs.filter((config) => wanted.has(config.name));
}

async function firstDefault(): Promise<string> {
  for (const file of DEFAULT_FILES) {
    try {
      await access(file);
      return file;
    } catch {
      // The next one may be there.
    }
  }
  const names = DEFAULT_FILES.map((file) => `./${file}`).join(' nor ');
  throw new UsageError(`there is neither ${names}`, `name a file with --config <file>, or write one: ${EXAMPLE}`);
}
