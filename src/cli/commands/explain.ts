/** `explain`: connect, and say why a server is in the state it is in. */

import { readServers, withDependencies } from '../config-file.ts';
import { CONNECT_TIMEOUT_MS } from '../connecting.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Host } from '../host.ts';
import { withSupervisor } from '../session.ts';
import { showJson, showText } from '../showable.ts';

/** What `explain` was asked. */
export interface ExplainOptions {
  readonly server: string;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly timeoutMs: number | undefined;
}

/** Run `explain`. **Errors** `ConfigError`, `UsageError`: nothing was started; `Interrupted`. */
export async function explain(host: Host, options: ExplainOptions): Promise<ExitCode> {
  const { server, json, timeoutMs = CONNECT_TIMEOUT_MS } = options;
  const configs = withDependencies(await readServers(options.config), server);
  return await withSupervisor(host, async ({ mcp, signal }) => {
    await mcp.addServers(configs, { waitUntil: 'added', signal });
    const late = new AbortController();
    const timer = host.clock.setTimeout(() => late.abort(), timeoutMs);
    const inTime = AbortSignal.any([signal, late.signal]);
    // Whichever comes first is the news: it serves, it is given up, or the time is over.
    const settled = (['ready', 'closed'] as const).map((state) => mcp.waitFor(server, state, { signal: inTime }));
    for (const wait of settled) wait.catch(() => {});
    await Promise.race(settled).catch(() => {});
    host.clock.clearTimeout(timer);
    signal.throwIfAborted();
    const explanation = mcp.explain(server);
    host.out.line(json ? showJson(explanation, 2) : showText(explanation.text));
    return explanation.state === 'ready' ? EXIT.ok : EXIT.negative;
  });
}
