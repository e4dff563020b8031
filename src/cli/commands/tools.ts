/** `tools`: connect, print what can be called, and go. */

import type { AddServerResult, SupervisorError } from '../../index.ts';
import { readServers, withDependencies } from '../config-file.ts';
import { connectAll } from '../connecting.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { reportFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { withSupervisor } from '../session.ts';
import { showJson } from '../showable.ts';
import { toolLines } from '../tool-list.ts';

/** What `tools` was asked. */
export interface ToolsOptions {
  readonly server: string | undefined;
  readonly config: string | undefined;
  readonly json: boolean;
  readonly timeoutMs: number | undefined;
  readonly debug: boolean;
}

/** Run `tools`. **Errors** `ConfigError`, `UsageError`: nothing was started; `Interrupted`. */
export async function tools(host: Host, options: ToolsOptions): Promise<ExitCode> {
  const { server, json, debug } = options;
  const all = await readServers(options.config);
  const configs = server === undefined ? all : withDependencies(all, server);
  return await withSupervisor(host, async ({ mcp, signal }) => {
    const results = await connectAll(host, mcp, configs, { ...options, signal });
    const asked = results.filter(({ name }) => server === undefined || name === server);
    if (json) host.out.line(showJson(answerOf(asked), 2));
    else host.out.stream.write(listOf(asked, host));
    const failures = results.filter((result) => result.status === 'failed');
    for (const { error } of failures) reportFailure(error, host.err, debug);
    return failures.length === 0 ? EXIT.ok : EXIT.negative;
  });
}

function listOf(results: readonly AddServerResult[], { out }: Host): string {
  const groups = results.flatMap((result) => (result.status === 'added' ? [result.info] : []));
  return groups.map(({ name, tools: listed }) => `${toolLines(name, listed, out).join('\n')}\n`).join('\n');
}

/** The answer for programs: the tools of each server that was connected, and why the others were not. */
function answerOf(results: readonly AddServerResult[]) {
  const connected = results.flatMap((result) => (result.status === 'added' ? [[result.name, result.info.tools]] : []));
  const failed = results.flatMap((result) =>
    result.status === 'failed' ? [[result.name, reasonOf(result.error)]] : [],
  );
  return { tools: Object.fromEntries(connected), failed: Object.fromEntries(failed) };
}

function reasonOf(error: SupervisorError) {
  return { code: error.code, message: error.message, ...('fault' in error && { fault: error.fault }) };
}
