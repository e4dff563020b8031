/** Connects what a single command needs, and tells an impatient person what it waits for. */

import { type AddServerResult, describeFault, type McpSupervisor, type ServerConfig } from '../index.ts';
import { showDelay } from './duration.ts';
import type { Host } from './host.ts';
import { showLine } from './showable.ts';
import { cut } from './width.ts';

/** How long a single command tries to connect unless told otherwise: one whole attempt of the slowest transport. */
export const CONNECT_TIMEOUT_MS = 30_000;

/** How long to try, and how to stop. */
export interface ConnectOptions {
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

/** Connect all these servers and report each. On a terminal, failed attempts are told on stderr while it lasts. */
export async function connectAll(
  host: Host,
  mcp: McpSupervisor,
  configs: readonly ServerConfig[],
  { timeoutMs = CONNECT_TIMEOUT_MS, signal }: ConnectOptions,
): Promise<AddServerResult[]> {
  const { err } = host;
  const unlisten = mcp.on('state', ({ server, to, cause, retryInMs }) => {
    if (!err.isTerminal || to !== 'reconnecting' || cause === undefined) return;
    const next = retryInMs === undefined ? '' : `; next try in ${showDelay(retryInMs)}`;
    err.line(err.colours.dim(cut(showLine(`${server}: ${describeFault(cause)}${next}`), err.columns)));
  });
  try {
    return await mcp.addServers(configs, { startTimeoutMs: timeoutMs, signal });
  } finally {
    unlisten();
  }
}
