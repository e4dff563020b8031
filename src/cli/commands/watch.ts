/** `watch`: connect to all servers of a file and show what becomes of them, until somebody asks to stop. */

import { ConnectionError, type Explanation, type ServerInfo } from '../../index.ts';
import { readServers } from '../config-file.ts';
import { showDelay } from '../duration.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { reportFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { hasKeys, Keyboard } from '../keyboard.ts';
import { LiveView } from '../live-view.ts';
import { type Session, withSupervisor } from '../session.ts';
import { shownState } from '../shown-state.ts';
import { type WatchEnd, watchEnd } from '../watch-end.ts';
import { explainingView, jsonView, plainView, type WatchView, writeExplanation } from '../watch-view.ts';

/** What `watch` was asked. */
export interface WatchOptions {
  readonly config: string | undefined;
  readonly json: boolean;
  /** Explain at length each server that serves no more. */
  readonly explain: boolean;
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
    const names = configs.map((config) => config.name);
    const view = viewOf(host, session, options, names);
    using _keyboard = view instanceof LiveView && hasKeys(host) ? keyboardOf(host, session, view) : undefined;
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

function viewOf(host: Host, { mcp }: Session, { json, explain }: WatchOptions, names: readonly string[]): WatchView {
  const { out, clock } = host;
  if (!json && out.canRedraw) {
    return new LiveView({ out, mcp, clock, names, isExplaining: explain, hasKeys: hasKeys(host) });
  }
  const view = json ? jsonView(out) : plainView(out);
  if (!explain) return view;
  const look = (server: string): Explanation | undefined =>
    mcp.getServerInfo(server) === undefined ? undefined : mcp.explain(server);
  return explainingView(view, look, (explanation) => writeExplanation(out, explanation, json));
}

function keyboardOf(host: Host, { interrupt }: Session, view: LiveView): Keyboard {
  return new Keyboard(host, interrupt, (key) => view.pressed(key));
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
