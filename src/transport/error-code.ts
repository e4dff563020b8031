/** Reads the code of whatever was thrown. Never its text, which may hold what is secret. */

/** Errors nest (`fetch` in `connect` in `getaddrinfo`), but never deeper than this. */
const MAX_DEPTH = 5;

/** Codes of the system, of Node and of undici look like this; anything else is not shown. */
const CODE = /^[A-Z][A-Z0-9_]{1,63}$/;

/** The innermost code in the cause chain of an error: it is the system's own, the others say only who was calling. */
export function errorCode(error: unknown, depth = 0): string | undefined {
  if (typeof error !== 'object' || error === null || depth === MAX_DEPTH) return undefined;
  const { cause, code, errors } = error as { cause?: unknown; code?: unknown; errors?: unknown };
  const inner = errorCode(cause, depth + 1) ?? (Array.isArray(errors) ? errorCode(errors[0], depth + 1) : undefined);
  if (inner !== undefined) return inner;
  return typeof code === 'string' && CODE.test(code) ? code : undefined;
}
