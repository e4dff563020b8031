/** Waits for whatever ends `watch`: somebody asks, the time is over, or what it waited for came true or cannot. */

import type { Clock, Timer } from '../clock.ts';
import type { McpSupervisor, ServerInfo } from '../index.ts';

/** Why `watch` ends. */
export type WatchEnd =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ready' }
  | { readonly kind: 'late' }
  /** This server will not become ready by itself. */
  | { readonly kind: 'failed'; readonly info: ServerInfo };

/** What is waited for. */
export interface WatchEndOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** `ready`: also end when all servers are ready, or when one is closed or parked. */
  readonly until: 'ready' | undefined;
  readonly timeoutMs: number | undefined;
}

/** Resolve with what came first. Never rejects, and leaves no listener or timer. */
export function watchEnd(mcp: McpSupervisor, options: WatchEndOptions): Promise<WatchEnd> {
  const { clock, signal, until, timeoutMs } = options;
  return new Promise((resolve) => {
    let timer: Timer | undefined;
    const settle = (end: WatchEnd): void => {
      unlisten();
      signal.removeEventListener('abort', stop);
      if (timer !== undefined) clock.clearTimeout(timer);
      resolve(end);
    };
    const stop = (): void => settle({ kind: 'stopped' });
    const look = (): void => {
      if (until === undefined) return;
      const infos = mcp
        .listServers()
        .map((name) => mcp.getServerInfo(name))
        .filter((info) => info !== undefined);
      const failed = infos.find((info) => info.state === 'closed' || info.parked);
      if (failed !== undefined) settle({ kind: 'failed', info: failed });
      else if (infos.every((info) => info.state === 'ready')) settle({ kind: 'ready' });
    };
    const unlisten = mcp.on('state', look);
    signal.addEventListener('abort', stop, { once: true });
    if (timeoutMs !== undefined) timer = clock.setTimeout(() => settle({ kind: 'late' }), timeoutMs);
    if (signal.aborted) stop();
    else look();
  });
}
