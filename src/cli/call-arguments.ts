/** Reads the arguments of a call from the command line or from stdin. */

import { text } from 'node:stream/consumers';
import { UsageError } from './usage-error.ts';

const HINT = `in a shell, put the whole in single quotes: '{"key":"value"}'`;

/** Read the arguments of a tool: a JSON object, or `-` for one on stdin. **Errors** `UsageError`. */
export async function readArguments(
  json: string,
  stdin: () => NodeJS.ReadableStream,
): Promise<Record<string, unknown>> {
  const isFromStdin = json === '-';
  const where = isFromStdin ? 'what stdin holds' : 'the arguments';
  let value: unknown;
  try {
    value = JSON.parse(isFromStdin ? await text(stdin()) : json);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UsageError(`${where} cannot be read as JSON: ${error.message}`, isFromStdin ? undefined : HINT);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`${where} must be a JSON object, such as {"key":"value"}`, isFromStdin ? undefined : HINT);
}
