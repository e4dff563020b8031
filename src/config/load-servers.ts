/** Reads files of servers. Only who has such a file needs the code that does: the first call loads it. */

import type { LoadOptions } from './mcp-servers-file.ts';
import type { ServerConfig } from './server-config.ts';

/**
 * Read the servers of a configuration file, in its order.
 *
 * The file is JSON; comments and trailing commas are allowed. Variables are expanded, the transport is inferred,
 * entries that are switched off are left out. All our own fields may be used. An `envFile` is read relative to the
 * file; `env` wins.
 *
 * **Bounds** 1 MiB per file.
 * **Errors** one `ConfigError`: the file is missing, unreadable, too large, not JSON (with line and column) or without
 * servers, or every bad field of every entry (`mcpServers.weather.args[0]`). No value is quoted.
 */
export async function loadServers(path: string | URL, options: LoadOptions = {}): Promise<ServerConfig[]> {
  const { readServers } = await import('./mcp-servers-file.ts');
  return await readServers(path, options);
}
