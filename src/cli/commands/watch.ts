/** `watch`: connect to all servers of a file and show what becomes of them, until somebody asks to stop. */

import { ConnectionError, type ServerInfo } from '../../index.ts';
import { readServers } from '../config-file.ts';
import { showDelay } from '../duration.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { reportFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { LiveView } from '../live-view.ts';
import { type Session, withSupervisor } from '../session.ts';
import { shownState } from '../shown-state.ts';
import { type WatchEnd, watchEnd } from '../watch-end.ts';
import { jsonView, plainView, type WatchView } from '../watch-view.ts';

/** What `watch` was asked. */
export interface WatchOptions {
  readonly config: string | undefined;
  readonly json: boolean;
  readonly until: 'ready' | undefined;
  readonly timeoutMs: number | undefined;
  readonly debug: boolean;
}

/** Run `watch`. Resolves when all servers are closed. **Errors** `ConfigError`, `UsageError`: nothing was started. */
export async function watch(host: Host, options: WatchOptions): Promise<ExitCode> {
  const configs = await readServers(options.config);
  return await withSupervisor(host, async (session) => {
    const { mcp, signal, forced } = session;
    const { clock } = host;
    const view = viewOf(
      host,
      session,
      options,
      configs.map((config) => config.name),
    );
    try {
      mcp.on('*', (event) => view.event(event));
      await mcp.addServers(configs, { waitUntil: 'added' });
      const end = await watchEnd(mcp, { ...options, clock, signal });
      // What is not ready is known only before everything is closed.
      const report = reportOf(
        end,
        mcp.listServers().map((name) => mcp.getServerInfo(name)),
        options,
      );
      view.closing();
      await mcp.close();
      view.end();
      if (report !== undefined) reportFailure(report, host.err, options.debug);
      if (forced.aborted) return EXIT.interrupted;
      return report === undefined ? EXIT.ok : EXIT.negative;
    } finally {
      view.end();
    }
  });
}

function viewOf({ out, clock }: Host, { mcp }: Session, { json }: WatchOptions, names: readonly string[]): WatchView {
  if (json) return jsonView(out);
  return out.canRedraw ? new LiveView({ out, mcp, clock, names }) : plainView(out);
}

/** What to tell when `--until` did not come true. */
function reportOf(end: WatchEnd, infos: readonly (ServerInfo | undefined)[], options: WatchOptions): Error | undefined {
  if (end.kind === 'failed') {
    const { name: server, cause: fault, epoch } = end.info;
    return new ConnectionError('CONNECT_FAILED', `'${server}' is ${shownState(end.info)}`, { server, epoch, fault });
  }
  if (end.kind !== 'late' || options.until === undefined) return undefined;
  const missing = infos.filter((info) => info !== undefined && info.state !== 'ready');
  const states = missing.map((info) => (info === undefined ? '' : `'${info.name}' is ${shownState(info)}`)).join(', ');
  return new ConnectionError(
    'START_TIMEOUT',
    `not all servers were ready within ${showDelay(options.timeoutMs ?? 0)}: ${states}`,
  );
}
