/** What the keywords of one schema must look like, subschemas aside. Source: JSON Schema 2020-12, Validation. */

import { isRecord } from '../config/record.ts';

type Shape = (value: unknown) => boolean;

const TYPES: readonly unknown[] = ['null', 'boolean', 'object', 'array', 'number', 'string', 'integer'];

const isText: Shape = (value) => typeof value === 'string';
const isNumber: Shape = (value) => typeof value === 'number';
const isCount: Shape = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0;
const isList: Shape = (value) => Array.isArray(value);
const isSchema: Shape = (value) => typeof value === 'boolean' || isRecord(value);
const isType: Shape = (value) => TYPES.includes(value);
const listOf =
  (shape: Shape): Shape =>
  (value) =>
    Array.isArray(value) && value.every(shape);
const mapOf =
  (shape: Shape, isKey: Shape = isText): Shape =>
  (value) =>
    isRecord(value) && Object.entries(value).every(([key, each]) => isKey(key) && shape(each));
const either =
  (one: Shape, other: Shape): Shape =>
  (value) =>
    one(value) || other(value);

/** A regular expression as the validator reads it. */
const isPattern: Shape = (value) => {
  try {
    return typeof value === 'string' && new RegExp(value, 'u') instanceof RegExp;
  } catch {
    return false;
  }
};

const SHAPES: Readonly<Record<string, Shape>> = {
  $id: isText,
  $anchor: isText,
  $ref: isText,
  $defs: mapOf(isSchema),
  definitions: mapOf(isSchema),
  type: either(isType, listOf(isType)),
  enum: isList,
  allOf: listOf(isSchema),
  anyOf: listOf(isSchema),
  oneOf: listOf(isSchema),
  not: isSchema,
  if: isSchema,
  // biome-ignore lint/suspicious/noThenProperty: it is the name of the keyword.
  then: isSchema,
  else: isSchema,
  properties: mapOf(isSchema),
  patternProperties: mapOf(isSchema, isPattern),
  additionalProperties: isSchema,
  unevaluatedProperties: isSchema,
  propertyNames: isSchema,
  required: listOf(isText),
  dependentRequired: mapOf(listOf(isText)),
  dependentSchemas: mapOf(isSchema),
  dependencies: mapOf(either(listOf(isText), isSchema)),
  minProperties: isCount,
  maxProperties: isCount,
  prefixItems: listOf(isSchema),
  items: either(isSchema, listOf(isSchema)),
  additionalItems: isSchema,
  unevaluatedItems: isSchema,
  contains: isSchema,
  minContains: isCount,
  maxContains: isCount,
  minItems: isCount,
  maxItems: isCount,
  uniqueItems: (value) => typeof value === 'boolean',
  minimum: isNumber,
  maximum: isNumber,
  exclusiveMinimum: isNumber,
  exclusiveMaximum: isNumber,
  multipleOf: (value) => typeof value === 'number' && value > 0,
  minLength: isCount,
  maxLength: isCount,
  pattern: isPattern,
};

/** Whether each keyword of a schema that has a meaning has a value it may have. */
export function isWellShaped(schema: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(schema).every((keyword) => !Object.hasOwn(SHAPES, keyword) || SHAPES[keyword]?.(schema[keyword]));
}
