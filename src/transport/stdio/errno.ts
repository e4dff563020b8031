/** Reads the code of a system error. Never its text, which may hold paths and arguments. */

/** The code of an error, such as `ENOENT`; `UNKNOWN` when it has none. */
export function readErrno(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'UNKNOWN';
}
