/** The command line: its commands, options and help. What the commands do is in `commands/`, loaded when needed. */

import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { VERSION } from '../version.ts';
import { DEFAULT_FILES } from './config-file.ts';
import { parseDuration } from './duration.ts';
import { EXIT, type ExitCode, exitCodeHelp } from './exit-code.ts';
import { reportFailure } from './failure.ts';
import type { Host } from './host.ts';

/** Options of every command. */
interface GlobalOptions {
  readonly config?: string;
  readonly debug?: boolean;
}

/** Options of `watch`. */
interface WatchFlags {
  readonly json?: boolean;
  readonly explain?: boolean;
  readonly until?: 'ready';
  readonly timeout?: number;
}

/** Run the program once and return its exit code. Never rejects: every error becomes a message on stderr. */
export async function run(host: Host): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
  const program = createProgram(host, (result) => {
    code = result;
  });
  try {
    await program.parseAsync(host.args, { from: 'user' });
    return code;
  } catch (error) {
    // It has written what there is to say already.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return reportFailure(error, host.err, program.opts<GlobalOptions>().debug === true);
  }
}

function createProgram(host: Host, end: (code: ExitCode) => void): Command {
  const program = new Command('mcp-supervisor')
    .description('Keeps connections to many MCP servers: each is supervised, fails alone and comes back by itself.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .option('-c, --config <file>', `file with "mcpServers" (default: ./${DEFAULT_FILES.join(', then ./')})`)
    .option('--debug', 'print where an error comes from')
    .exitOverride()
    .showHelpAfterError('(--help says more)')
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => host.out.stream.write(text),
      writeErr: (text) => host.err.stream.write(text),
      getOutHelpWidth: () => Math.min(host.out.columns, 100),
      getErrHelpWidth: () => Math.min(host.err.columns, 100),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .addHelpText(
      'after',
      () =>
        `\n${exitCodeHelp([[EXIT.ok, 'all went well']])}\n\nEach command has its own --help, with an example and its exit codes.`,
    );
  addWatch(program, host, end);
  addTools(program, host, end);
  addCall(program, host, end);
  addExplain(program, host, end);
  return program;
}

function addWatch(program: Command, host: Host, end: (code: ExitCode) => void): void {
  program
    .command('watch')
    .description('Connect to all servers and show their states as they change, until Ctrl-C; then close them in order.')
    .argument('[config]', 'the file, instead of --config')
    .option('--json', 'one event per line, as JSON')
    .option('--explain', 'say at length why a server serves no more; on a terminal the key e does the same')
    .addOption(
      new Option('--until <state>', 'exit as soon as all servers are in that state').choices(['ready'] as const),
    )
    .option('--timeout <seconds>', 'stop after that long', duration('s'))
    .addHelpText(
      'after',
      example('mcp-supervisor watch mcp.json', 'mcp-supervisor watch mcp.json --until ready --timeout 30'),
    )
    .addHelpText(
      'after',
      `\n${exitCodeHelp([
        [EXIT.ok, 'stopped when asked to, or all are ready with --until'],
        [EXIT.negative, 'with --until: a server is closed or parked, or the time is over'],
        [EXIT.interrupted, 'stopped by force: Ctrl-C twice'],
      ])}`,
    )
    .action(async (config: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & WatchFlags>();
      const { watch } = await import('./commands/watch.ts');
      const { json = false, explain = false, until, timeout: timeoutMs, debug = false } = options;
      end(await watch(host, { config: config ?? options.config, json, explain, until, timeoutMs, debug }));
    });
}

function addTools(program: Command, host: Host, end: (code: ExitCode) => void): void {
  program
    .command('tools')
    .description('Print the tools of all servers, or of one, with the arguments each requires.')
    .argument('[server]', 'only this one; what it depends on is connected too')
    .option('--json', 'complete definitions, as JSON')
    .option('--timeout <ms>', 'how long connecting may take', duration('ms'))
    .addHelpText('after', example('mcp-supervisor tools --config mcp.json', 'mcp-supervisor tools files --json'))
    .addHelpText(
      'after',
      `\n${exitCodeHelp([
        [EXIT.ok, 'all servers asked for were connected'],
        [EXIT.negative, 'one could not be connected; the others are shown'],
        [EXIT.interrupted, 'interrupted'],
      ])}`,
    )
    .action(async (server: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json?: boolean; timeout?: number }>();
      const { tools } = await import('./commands/tools.ts');
      const { config, json = false, timeout: timeoutMs, debug = false } = options;
      end(await tools(host, { server, config, json, timeoutMs, debug }));
    });
}

function addCall(program: Command, host: Host, end: (code: ExitCode) => void): void {
  program
    .command('call')
    .description('Call a tool and print what it answers.')
    .argument('<server>', 'name of the server; what it depends on is connected too')
    .argument('<tool>', 'name of the tool')
    .argument('[json]', 'arguments as a JSON object, or - to read them from stdin', '{}')
    .option('--json', 'the whole result, as JSON')
    .option('--timeout <ms>', 'how long connecting and the call may take together', duration('ms'))
    .addHelpText(
      'after',
      example(
        `mcp-supervisor call weather get_alerts '{"state":"CA"}'`,
        'mcp-supervisor call files read_text_file - < arguments.json',
      ),
    )
    .addHelpText(
      'after',
      `\n${exitCodeHelp([
        [EXIT.ok, 'the tool answered'],
        [EXIT.negative, 'the tool answered that it failed (isError)'],
        [EXIT.notConnected, 'the server could not be connected; the tool was not called'],
        [EXIT.callFailed, 'the call failed; stderr says what is known about its execution'],
        [EXIT.interrupted, 'interrupted; stderr says what is known about its execution'],
      ])}`,
    )
    .action(async (server: string, tool: string, json: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json?: boolean; timeout?: number }>();
      const { call } = await import('./commands/call.ts');
      const { config, json: asJson = false, timeout: timeoutMs, debug = false } = options;
      end(await call(host, { server, tool, json, config, asJson, timeoutMs, debug }));
    });
}

function addExplain(program: Command, host: Host, end: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description(
      'Connect to a server and say why it is in the state it is in: its faults, attempts, budgets and stderr.',
    )
    .argument('<server>', 'name of the server; what it depends on is connected too')
    .option('--json', 'the explanation as JSON')
    .option('--timeout <ms>', 'how long to wait until it is ready or given up', duration('ms'))
    .addHelpText('after', example('mcp-supervisor explain weather --config mcp.json'))
    .addHelpText(
      'after',
      `\n${exitCodeHelp([
        [EXIT.ok, 'it is ready'],
        [EXIT.negative, 'it is not'],
        [EXIT.interrupted, 'interrupted'],
      ])}`,
    )
    .action(async (server: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<GlobalOptions & { json?: boolean; timeout?: number }>();
      const { explain } = await import('./commands/explain.ts');
      const { config, json = false, timeout: timeoutMs } = options;
      end(await explain(host, { server, config, json, timeoutMs }));
    });
}

function example(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

function duration(bareUnit: 's' | 'ms'): (text: string) => number {
  return (text) => {
    const durationMs = parseDuration(text, bareUnit);
    if (durationMs === undefined) throw new InvalidArgumentError('Give a duration such as 500ms, 30s or 2m.');
    return durationMs;
  };
}
