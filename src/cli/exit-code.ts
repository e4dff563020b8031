/** What the exit codes of the program mean, once: the commands return them and `--help` prints them. */

/** The exit codes of the program. */
export const EXIT = {
  ok: 0,
  /** The command worked and its answer is bad: a tool's `isError`, a server that is not ready. */
  negative: 1,
  usage: 2,
  notConnected: 3,
  callFailed: 4,
  /** A defect of this program, as in sysexits(3). */
  defect: 70,
  interrupted: 130,
} as const;

/** An exit code of the program. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

const SHARED: readonly (readonly [ExitCode, string])[] = [
  [EXIT.usage, 'the command line or the configuration is wrong; nothing was started'],
  [EXIT.defect, 'a defect of this program; --debug says where'],
];

/** Say what a command's exit codes mean, for the end of its help. */
export function exitCodeHelp(own: readonly (readonly [ExitCode, string])[]): string {
  const rows = [...own, ...SHARED].toSorted(([left], [right]) => left - right);
  return ['Exit codes:', ...rows.map(([code, meaning]) => `  ${String(code).padEnd(3)}  ${meaning}`)].join('\n');
}
