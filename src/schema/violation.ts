/** Says where a value breaks a schema, and which rule, without a word of what the value holds. */

import type { SchemaViolation } from '../errors.ts';

/** What a validator says of one rule that is broken. */
interface BrokenRule {
  readonly keyword: string;
  readonly instanceLocation: string;
}

/** Rules that only say that one below them is broken. */
const LEADING: ReadonlySet<string> = new Set([
  '$ref',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'dependentSchemas',
  'dependencies',
  'if',
  'items',
  'patternProperties',
  'prefixItems',
  'properties',
  'unevaluatedItems',
  'unevaluatedProperties',
]);
const PATH_CHARS = 256;
const INDEX = /^\d{1,9}$/;

/** Describe the first rule that is broken, of a list that goes from the outside in. */
export function describeViolation(broken: readonly BrokenRule[], names: ReadonlySet<string>): SchemaViolation {
  let at = 0;
  while (LEADING.has(broken[at]?.keyword ?? '') && isBelow(broken[at + 1])) at += 1;
  const { keyword = 'false', instanceLocation = '#' } = broken[at] ?? {};
  const path = instanceLocation
    .split('/')
    .slice(1)
    .map((segment) => (INDEX.test(segment) || names.has(decode(segment)) ? `/${segment}` : '/*'))
    .join('');
  return { path: path.length > PATH_CHARS ? `${path.slice(0, PATH_CHARS)}…` : path, rule: keyword };
}

/** A schema that allows nothing says less than the rule which led to it. */
function isBelow(next: BrokenRule | undefined): boolean {
  return next !== undefined && next.keyword !== 'false';
}

function decode(segment: string): string {
  const text = segment.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}
