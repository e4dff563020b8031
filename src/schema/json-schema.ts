/**
 * A JSON Schema that somebody else wrote, made ready to check values with. It is interpreted: nothing of it becomes code.
 * Nothing outside of it is ever fetched, and neither reading it nor checking with it takes longer than allowed.
 *
 * **Bounds** dialects 2020-12 (the default), 2019-09, draft-07 and draft-06; of 2020-12 not `$dynamicRef`. `format` is
 * an annotation, as 2020-12 has it, in all of them.
 */

import {
  dereference,
  type Schema,
  type SchemaDraft,
  schemaArrayKeyword,
  schemaKeyword,
  schemaMapKeyword,
  validate,
} from '@cfworker/json-schema';
import { isRecord } from '../config/record.ts';
import type { SchemaViolation } from '../errors.ts';
import { sizeOf } from '../policy/value-size.ts';
import { isWellShaped } from './keyword-shapes.ts';
import { TooLongError, withinTime } from './time-bound.ts';
import { describeViolation } from './violation.ts';

/** Why nothing can be checked with a schema. */
export type SchemaFlaw =
  /** It is none, as its dialect defines one. */
  | 'schema-invalid'
  /** It names another dialect, or uses what is not supported. */
  | 'schema-unsupported'
  /** It refers to what is not in it, on the network or nowhere. */
  | 'reference-unresolved'
  /** Reading it or checking with it takes too long, or never ends. */
  | 'too-costly';

/** A schema with a flaw. */
export class SchemaError extends Error {
  override readonly name = 'SchemaError';

  constructor(readonly flaw: SchemaFlaw) {
    super(flaw);
  }
}

const DIALECTS: Readonly<Record<string, SchemaDraft>> = {
  'https://json-schema.org/draft/2020-12/schema': '2020-12',
  'https://json-schema.org/draft/2019-09/schema': '2019-09',
  'http://json-schema.org/draft-07/schema': '7',
  'http://json-schema.org/draft-06/schema': '7',
};

/** The one reference that the validator does not know; to skip it would let everything pass. */
const UNSUPPORTED = '$dynamicRef';

/** Keywords by which a check may look at one part of a value more often than the schema has parts. */
const HEAVY = ['$ref', '$recursiveRef', 'pattern', 'patternProperties', 'uniqueItems'] as const;
/** Bytes of a schema times bytes of a value that take some milliseconds at most, and levels that no stack minds. */
const LIGHT_STEPS = 1_000_000;
const LIGHT_DEPTH = 64;

/** What is known of a schema once it was read. */
interface SchemaFacts {
  /** Names of properties that it speaks of itself. */
  readonly names: ReadonlySet<string>;
  readonly isHeavy: boolean;
}

/** A schema that is ready. */
export class JsonSchema {
  readonly #schema: Schema;
  readonly #draft: SchemaDraft;
  readonly #lookup: Record<string, Schema | boolean>;
  readonly #names: ReadonlySet<string>;
  /** A value that is no larger is checked without keeping the time. */
  readonly #lightBytes: number;

  /** Read a schema, which stays as it is. Throws `SchemaError`. */
  constructor(source: unknown, timeoutMs: number) {
    if (!isRecord(source)) throw new SchemaError('schema-invalid');
    const { $schema: dialect = 'https://json-schema.org/draft/2020-12/schema' } = source;
    const draft = typeof dialect === 'string' ? DIALECTS[dialect.replace(/#$/, '')] : undefined;
    if (draft === undefined) throw new SchemaError('schema-unsupported');
    this.#draft = draft;
    // The validator writes into what it reads.
    this.#schema = structuredClone(source);
    const { lookup, facts } = flawless(() =>
      withinTime(timeoutMs, () => {
        const found = dereference(this.#schema);
        return { lookup: found, facts: readAll(this.#schema, found) };
      }),
    );
    this.#lookup = lookup;
    this.#names = facts.names;
    const size = sizeOf(source, { maxBytes: LIGHT_STEPS, maxDepth: LIGHT_DEPTH });
    this.#lightBytes = facts.isHeavy || size.kind !== 'within' ? 0 : LIGHT_STEPS / size.bytes;
  }

  /** Find what a value breaks first; nothing when it fits. Throws `SchemaError`. */
  violation(value: unknown, timeoutMs: number): SchemaViolation | undefined {
    const check = () => validate(value, this.#schema, this.#draft, this.#lookup);
    // To keep the time costs more than most checks do.
    const isLight = sizeOf(value, { maxBytes: this.#lightBytes, maxDepth: LIGHT_DEPTH }).kind === 'within';
    const { valid, errors } = flawless(() => (isLight ? check() : withinTime(timeoutMs, check)));
    return valid ? undefined : describeViolation(errors, this.#names);
  }
}

/** Look at each schema that a check can come to, and leave out what is not checked. */
function readAll(root: Schema, lookup: Record<string, Schema | boolean>): SchemaFacts {
  const names = new Set<string>();
  let isHeavy = false;
  const seen = new Set<unknown>();
  const open: unknown[] = [root];
  for (let schema = open.pop(); schema !== undefined; schema = open.pop()) {
    if (!isRecord(schema) || seen.has(schema)) continue;
    seen.add(schema);
    if (!isWellShaped(schema)) throw new SchemaError('schema-invalid');
    if (Object.hasOwn(schema, UNSUPPORTED)) throw new SchemaError('schema-unsupported');
    delete schema['format'];
    isHeavy ||= HEAVY.some((keyword) => Object.hasOwn(schema, keyword));
    for (const name of Object.keys(schema['properties'] ?? {})) names.add(name);
    open.push(...subschemas(schema));
    if (schema['$ref'] === undefined) continue;
    const target = lookup[String(Reflect.get(schema, '__absolute_ref__'))];
    if (target === undefined) throw new SchemaError('reference-unresolved');
    open.push(target);
  }
  return { names, isHeavy };
}

function subschemas(schema: Record<string, unknown>): unknown[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (Array.isArray(value)) return isOf(schemaArrayKeyword, keyword) ? value : [];
    if (isOf(schemaKeyword, keyword)) return [value];
    return isOf(schemaMapKeyword, keyword) || keyword === 'dependencies' ? Object.values(value ?? {}) : [];
  });
}

function isOf(table: Readonly<Record<string, boolean | undefined>>, keyword: string): boolean {
  return Object.hasOwn(table, keyword);
}

/** What the validator throws on its way is a flaw of the schema: it recurses without end, or is none. */
function flawless<A>(run: () => A): A {
  try {
    return run();
  } catch (error) {
    if (error instanceof SchemaError) throw error;
    const isEndless = error instanceof RangeError || error instanceof TooLongError;
    throw new SchemaError(isEndless ? 'too-costly' : 'schema-invalid');
  }
}
