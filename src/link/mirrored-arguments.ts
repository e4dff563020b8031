/**
 * Arguments of a tool that are repeated in the headers of a call, because its definition says so. A definition that says
 * it wrongly is no tool. Source: MCP 2026-07-28, "Transports", "Custom Headers from Tool Parameters".
 */

import { headerText } from '../transport/http/header-text.ts';

/** One argument, and the header that repeats it. */
export interface MirroredArgument {
  readonly path: readonly string[];
  readonly header: string;
}

const MARK = 'x-mcp-header';
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** What may be marked; a float has more than one way to be written. */
const MARKABLE: readonly unknown[] = ['string', 'integer', 'boolean'];
/** Keywords whose values are data, not schemas. */
const DATA: ReadonlySet<string> = new Set(['default', 'const', 'enum', 'examples', MARK]);

/** The arguments that a schema of arguments marks; nothing when it marks what must not be marked. */
export function mirroredArguments(schema: unknown): readonly MirroredArgument[] | undefined {
  const found: MirroredArgument[] = [];
  const isLegal = look(schema, [], found);
  const names = new Set(found.map(({ header }) => header.toLowerCase()));
  return isLegal && names.size === found.length ? found : undefined;
}

/** The headers of one call. What is absent or null has none. */
export function argumentHeaders(
  mirrored: readonly MirroredArgument[],
  given: Readonly<Record<string, unknown>> = {},
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const { path, header } of mirrored) {
    const value = path.reduce<unknown>(
      (at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined),
      given,
    );
    if (typeof value === 'string' || typeof value === 'boolean' || isSendable(value)) {
      headers[`mcp-param-${header}`] = headerText(String(value));
    }
  }
  return headers;
}

/** Look at a schema that is reached by nothing but names of properties. */
function look(schema: unknown, path: readonly string[], found: MirroredArgument[]): boolean {
  if (!isObject(schema)) return true;
  if (Object.hasOwn(schema, MARK)) {
    const header = schema[MARK];
    if (path.length === 0 || typeof header !== 'string' || !TOKEN.test(header)) return false;
    if (!MARKABLE.includes(schema['type'])) return false;
    found.push({ path, header });
  }
  return Object.entries(schema).every(([keyword, value]) => {
    if (keyword !== 'properties') return DATA.has(keyword) || holdsNoMark(value);
    return !isObject(value) || Object.entries(value).every(([name, each]) => look(each, [...path, name], found));
  });
}

/** Anywhere else nothing may be marked: which argument it is would depend on the call. */
function holdsNoMark(value: unknown, areNames = false): boolean {
  if (Array.isArray(value)) return value.every((each) => holdsNoMark(each));
  if (!isObject(value)) return true;
  if (!areNames && Object.hasOwn(value, MARK)) return false;
  return Object.entries(value).every(
    ([keyword, each]) => (!areNames && DATA.has(keyword)) || holdsNoMark(each, !areNames && keyword === 'properties'),
  );
}

/** An integer beyond what a number holds exactly would be repeated as another one. */
function isSendable(value: unknown): value is number {
  return (
    typeof value === 'number' && Number.isFinite(value) && (!Number.isInteger(value) || Number.isSafeInteger(value))
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
