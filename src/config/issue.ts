/**
 * How a bad field is named and explained. Turns the validator's findings into `ConfigIssue`s by their code; a value
 * is never quoted, because any value may be a secret.
 */

import type { z } from 'zod';
import type { ConfigIssue } from '../errors.ts';
import { AUTH_TYPES } from './auth-config.ts';
import { isRecord } from './record.ts';
import type { TransportKind } from './server-config.ts';
import { configSchemas } from './server-schema.ts';
import { suggestField } from './suggestion.ts';

/** Where a field is, from the outside in. */
export type IssuePath = readonly (string | number)[];

/** All transports, as a person reads them. */
const TRANSPORTS = '"stdio", "sse", "streamable_http" or "in_process"';

/** Say what is wrong at a path. */
export function issueAt(path: IssuePath, message: string): ConfigIssue {
  return { path: formatPath(path), message };
}

/** Write a path as code would: `servers.weather.args[0]`; odd names in quotes, cut at 64 characters. */
export function formatPath(path: IssuePath): string {
  let text = '';
  for (const segment of path) {
    if (typeof segment === 'number') text += `[${segment}]`;
    else if (/^[A-Za-z_$][\w$-]{0,63}$/.test(segment)) text += text === '' ? segment : `.${segment}`;
    else text += `[${quoteName(segment)}]`;
  }
  return text === '' ? 'config' : text;
}

/** Quote a name (never a value) so that it is one short, visible word. */
export function quoteName(name: string): string {
  const visible = name.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  return `'${visible.length > 64 ? `${visible.slice(0, 64)}…` : visible}'`;
}

/** Explain one finding of the validator for a server of this transport. */
export function explain(
  found: z.core.$ZodIssue,
  input: unknown,
  at: IssuePath,
  transport: TransportKind | undefined,
): ConfigIssue[] {
  const inner = found.path.map((segment) => (typeof segment === 'symbol' ? 'symbol' : segment));
  const path = [...at, ...inner];
  switch (found.code) {
    case 'unrecognized_keys':
      return found.keys.map((key) => issueAt([...path, key], explainUnknownField(key, inner, transport)));
    case 'invalid_key':
      // The key may be a whole header pasted on the wrong side, so it is not named.
      return [issueAt(path.slice(0, -1), explainKey(found))];
    case 'invalid_type':
      if (valueAt(input, inner) === undefined) return [issueAt(path, explainMissing(inner, transport))];
      return [issueAt(path, `must be ${typeName(found.expected, inner.at(-1))}`)];
    case 'invalid_value':
      return [issueAt(path, `must be ${found.values.map((value) => JSON.stringify(value)).join(', ')}`)];
    case 'invalid_union':
      // A bad header is named by its name: what is an object was not meant to be the function.
      if (inner.at(-1) === 'headers' && isRecord(valueAt(input, inner))) {
        const asObject = found.errors[0] ?? [];
        return asObject.flatMap((each) =>
          explain({ ...each, path: [...found.path, ...each.path] }, input, at, transport),
        );
      }
      return [issueAt(path, explainUnion(inner, input))];
    case 'too_small':
      return [issueAt(path, found.origin === 'number' ? `must be at least ${found.minimum}` : 'must not be empty')];
    case 'too_big':
      return [issueAt(path, `must be at most ${found.maximum}`)];
    case 'invalid_format':
    case 'custom':
      // Every pattern and every refinement of the schema carries a message of our own.
      return [issueAt(path, found.message)];
    default:
      return [issueAt(path, 'is not valid')];
  }
}

function explainUnknownField(key: string, inner: IssuePath, transport: TransportKind | undefined): string {
  if (inner.length > 0) return `is not a field of ${formatPath(inner)}`;
  const fields = Object.entries(configSchemas().transports).map(([of, { shape }]) => [of, Object.keys(shape)] as const);
  const own = fields.filter(([of]) => transport === undefined || of === transport).flatMap(([, names]) => names);
  const owners = fields.filter(([, names]) => names.includes(key));
  if (owners.length > 0) {
    const article = transport === 'in_process' ? 'an' : 'a';
    return `does not belong to ${article} ${transport} server, only to ${owners.map(([name]) => name).join(' and ')}`;
  }
  const suggestion = suggestField(key, own);
  if (suggestion === undefined) return 'is not a known field';
  return `is not a known field; did you mean '${suggestion}'${suggestion.endsWith('Ms') ? ' (in milliseconds)' : ''}?`;
}

function explainKey(found: z.core.$ZodIssueInvalidKey<unknown>): string {
  const reason = found.issues.map((issue) => issue.message).join(', ');
  return `has a name that is not valid: it ${reason === '' ? 'is not allowed' : reason}`;
}

function explainMissing(inner: IssuePath, transport: TransportKind | undefined): string {
  if (inner[0] === 'auth') return 'is missing';
  if (inner.length > 1) return 'is undefined; give it a value or leave it out';
  if (inner[0] === 'command') return 'is missing; a stdio server is started by it';
  if (inner[0] === 'url') return `is missing; a ${transport} server is reached by it`;
  return 'is missing';
}

function explainUnion(inner: IssuePath, input: unknown): string {
  if (inner[0] === 'auth')
    return `${valueAt(input, inner) === undefined ? 'is missing; it ' : ''}must be ${AUTH_TYPES}`;
  if (inner[0] === 'headers') return 'must be an object or a function';
  if (inner[0] !== 'transport') return 'must be false or an object';
  return `${valueAt(input, inner) === undefined ? 'is missing; it ' : ''}must be ${TRANSPORTS}`;
}

function typeName(expected: string, field: string | number | undefined): string {
  const unit = typeof field === 'string' && field.endsWith('Ms') ? ' of milliseconds' : '';
  switch (expected) {
    case 'int':
      return `a whole number${unit}`;
    case 'number':
      return unit === '' ? 'a number' : `a whole number${unit}`;
    case 'array':
    case 'object':
      return `an ${expected}`;
    case 'record':
      return 'an object';
    default:
      return `a ${expected}`;
  }
}

function valueAt(input: unknown, path: IssuePath): unknown {
  let value = input;
  for (const segment of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, segment);
  }
  return value;
}
