/** Turns whatever went wrong into what a person reads: one message, one hint, one exit code. */

import { CallError, ConfigError, ConnectionError, type Outcome, SupervisorError } from '../index.ts';
import type { Channel } from './channel.ts';
import { EXIT, type ExitCode } from './exit-code.ts';
import { faultHint } from './fault-hint.ts';
import { Interrupted } from './interruption.ts';
import { showLine, showText } from './showable.ts';
import { UsageError } from './usage-error.ts';

const EXECUTION: Readonly<Record<Outcome, string>> = {
  'not-sent': 'it was not sent, so it did not run',
  refused: 'the server did not take it on, so it did not run',
  unknown: 'it was sent and no valid answer came: it may or may not have run',
  'failed-by-server': 'the server took it on and answered with an error',
};

/** Write an error for a person; with `debug` also where it comes from. Returns the exit code that belongs to it. */
export function reportFailure(error: unknown, err: Channel, debug: boolean): ExitCode {
  const { red, bold, dim, cyan } = err.colours;
  const { message, hint, code } = explain(error);
  err.line(`${red(bold('error:'))} ${message}`);
  if (error instanceof CallError) {
    err.line(`  ${dim(`code ${error.code}, outcome ${error.outcome}:`)} ${EXECUTION[error.outcome]}`);
  }
  if (hint !== undefined) err.line(`${cyan('hint:')} ${showLine(hint)}`);
  if (debug && error instanceof Error) err.line(dim(showText(stackOf(error))));
  return code;
}

interface Explanation {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly code: ExitCode;
}

function explain(error: unknown): Explanation {
  if (error instanceof Interrupted) return { message: 'interrupted', code: EXIT.interrupted };
  if (error instanceof UsageError) return { message: showLine(error.message), hint: error.hint, code: EXIT.usage };
  // The only messages that are laid out in lines; none of them holds a text that a server wrote.
  if (error instanceof ConfigError) return { message: showText(error.message), code: EXIT.usage };
  if (error instanceof ConnectionError || error instanceof CallError) {
    const hint = error.fault === undefined ? undefined : faultHint(error.fault);
    const code = error instanceof ConnectionError ? EXIT.notConnected : codeOf(error);
    return { message: showLine(error.message), hint, code };
  }
  if (error instanceof SupervisorError) return { message: showLine(error.message), code: EXIT.callFailed };
  const what = error instanceof Error ? error.message : String(error);
  return {
    message: `unexpected: ${showLine(what)}`,
    hint: 'this is a defect of mcp-supervisor: please report it with the output of --debug',
    code: EXIT.defect,
  };
}

function codeOf(error: CallError): ExitCode {
  return error.code === 'CALL_ABORTED' ? EXIT.interrupted : EXIT.callFailed;
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}
