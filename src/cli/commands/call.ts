/** `call`: connect to one server, call one tool, print the answer, and go. */

import { CallError, type CallToolResult, type McpSupervisor, type Progress } from '../../index.ts';
import { readArguments } from '../call-arguments.ts';
import { resultText } from '../call-result.ts';
import { readServers, withDependencies } from '../config-file.ts';
import { connectAll } from '../connecting.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { reportFailure } from '../failure.ts';
import type { Host } from '../host.ts';
import { ProgressLine } from '../progress-line.ts';
import { type Session, withSupervisor } from '../session.ts';
import { showJson, showLine } from '../showable.ts';

/** What `call` was asked. */
export interface CallCommandOptions {
  readonly server: string;
  readonly tool: string;
  /** The arguments as JSON, or `-` for stdin. */
  readonly json: string;
  readonly config: string | undefined;
  readonly asJson: boolean;
  /** For connecting and the call together. */
  readonly timeoutMs: number | undefined;
  readonly debug: boolean;
}

/** Run `call`. **Errors** `ConfigError`, `UsageError`: nothing was started; `Interrupted` before the call. */
export async function call(host: Host, options: CallCommandOptions): Promise<ExitCode> {
  const { server, tool, timeoutMs, debug } = options;
  const configs = withDependencies(await readServers(options.config), server);
  const args = await readArguments(options.json, host.stdin);
  const deadlineMs = timeoutMs === undefined ? undefined : host.clock.monotonic() + timeoutMs;
  return await withSupervisor(host, async (session) => {
    const { mcp, signal } = session;
    const results = await connectAll(host, mcp, configs, { timeoutMs, signal });
    const failures = results.filter((result) => result.status === 'failed');
    for (const { error } of failures) reportFailure(error, host.err, debug);
    if (failures.length > 0) return EXIT.notConnected;
    const leftMs = deadlineMs === undefined ? undefined : Math.max(1, deadlineMs - host.clock.monotonic());
    const code = await callOnce(host, session, options, args, leftMs);
    if (code === EXIT.negative || code === EXIT.callFailed) adviseOnTool(mcp, host, server, tool);
    return code;
  });
}

async function callOnce(
  host: Host,
  { mcp, signal }: Session,
  options: CallCommandOptions,
  args: Record<string, unknown>,
  timeoutMs: number | undefined,
): Promise<ExitCode> {
  const { server, tool, debug } = options;
  const line = new ProgressLine(host.err);
  const onProgress = (progress: Progress): void => line.show(progress);
  try {
    const result = await mcp.callTool(server, tool, args, { timeoutMs, signal, onProgress });
    line.end();
    return show(result, host, options);
  } catch (error) {
    line.end();
    if (!(error instanceof CallError)) throw error;
    return reportFailure(error, host.err, debug);
  }
}

function show(result: CallToolResult, { out, err }: Host, { tool, asJson }: CallCommandOptions): ExitCode {
  const text = asJson ? showJson(result, 2) : resultText(result, out.isTerminal);
  if (text !== '') out.stream.write(text.endsWith('\n') ? text : `${text}\n`);
  if (result.isError !== true) return EXIT.ok;
  err.line(`${err.colours.red(err.colours.bold('error:'))} ${showLine(tool)} answered that it failed`);
  return EXIT.negative;
}

/** A wrong name is the server's to refuse, since it may know more than it lists; but a person is told. */
function adviseOnTool(mcp: McpSupervisor, { err }: Host, server: string, tool: string): void {
  const names = (mcp.listTools(server)[server] ?? []).map(({ name }) => name);
  if (names.length === 0 || names.includes(tool)) return;
  err.line(
    `${err.colours.cyan('hint:')} ${showLine(`'${server}' lists no tool '${tool}'; it lists: ${names.join(', ')}`)}`,
  );
}
