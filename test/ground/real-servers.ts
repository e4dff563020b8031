/**
 * The published servers that tests and examples run against, started from their installed packages with `node`
 * alone. Imports no test framework.
 */

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { freePort } from '../../src/testing/ports.ts';
import { type ServerProcess, startServerProcess } from '../../src/testing/server-process.ts';

/** What starts a stdio server; spread it into a `ServerConfig`. */
export interface StdioLaunch {
  readonly command: string;
  readonly args: string[];
}

/** A running `server-everything`, reached over HTTP. */
export interface EverythingServer extends ServerProcess {
  readonly transport: 'sse' | 'streamable_http';
}

const MODES = {
  sse: { argument: 'sse', path: '/sse', readyText: 'Server is running on port' },
  streamable_http: { argument: 'streamableHttp', path: '/mcp', readyText: 'listening on port' },
} as const;

/**
 * Start `@modelcontextprotocol/server-everything` over HTTP; resolves when it accepts connections.
 *
 * The server listens on every address of the host, so it is given an environment without secrets: its tools
 * show it to whoever asks.
 *
 * **Errors** rejects when the port is taken or the server ends before it listens.
 */
export async function startEverything(
  transport: 'sse' | 'streamable_http',
  options: { readonly port?: number } = {},
): Promise<EverythingServer> {
  const port = options.port ?? (await freePort());
  const mode = MODES[transport];
  const entry = entryOf('@modelcontextprotocol/server-everything');
  const server = await startServerProcess({
    port,
    url: `http://127.0.0.1:${port}${mode.path}`,
    args: () => [entry, mode.argument],
    env: { PORT: String(port) },
    isReady: (line) => line.includes(mode.readyText),
  });
  return Object.defineProperties(server, { transport: { value: transport, enumerable: true } }) as EverythingServer;
}

/** How to start `@modelcontextprotocol/server-everything` over stdio. */
export function everythingStdio(): StdioLaunch {
  return { command: process.execPath, args: [entryOf('@modelcontextprotocol/server-everything'), 'stdio'] };
}

/** How to start `@modelcontextprotocol/server-filesystem` over stdio, with the directories it may touch. */
export function filesystemStdio(...directories: readonly string[]): StdioLaunch {
  return { command: process.execPath, args: [entryOf('@modelcontextprotocol/server-filesystem'), ...directories] };
}

/** Find the program of an installed package through its `bin`. */
function entryOf(packageName: string): string {
  const manifestPath = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8')) as { bin: Record<string, string> };
  const [entry] = Object.values(manifest.bin);
  if (entry === undefined) throw new Error(`${packageName} has no program`);
  return join(dirname(manifestPath), entry);
}
