import { describe, expect, it } from 'vitest';
import { JsonSchema, SchemaError } from '../../../src/schema/json-schema.ts';

const MS = 1_000;
const violation = (schema: unknown, value: unknown) => new JsonSchema(schema, MS).violation(value, MS);
const flaw = (schema: unknown, value: unknown = {}, timeoutMs = MS) => {
  try {
    new JsonSchema(schema, timeoutMs).violation(value, timeoutMs);
    return undefined;
  } catch (error) {
    return error instanceof SchemaError ? error.flaw : error;
  }
};

describe('a schema', () => {
  it.each([
    [{ type: 'object', properties: { a: { type: 'number' } } }, { a: 'x' }, '/a', 'type'],
    [{ required: ['a'] }, {}, '', 'required'],
    [{ additionalProperties: false, properties: { a: true } }, { a: 1, b: 2 }, '', 'additionalProperties'],
    [{ items: { $ref: '#/$defs/id' }, $defs: { id: { minLength: 2 } } }, ['aa', 'a'], '/1', 'minLength'],
    [{ prefixItems: [{ const: 1 }] }, [2], '/0', 'const'],
    [{ anyOf: [{ type: 'string' }, { type: 'null' }] }, 3, '', 'anyOf'],
    [{ allOf: [{ properties: { a: { enum: [1] } } }] }, { a: 2 }, '/a', 'enum'],
    [{ unevaluatedProperties: false, properties: { a: true } }, { b: 1 }, '', 'unevaluatedProperties'],
    [{ if: { required: ['a'] }, then: { required: ['b'] } }, { a: 1 }, '', 'required'],
    [{ properties: { 'a/b ü': { type: 'number' } } }, { 'a/b ü': '' }, '/a~1b%20%C3%BC', 'type'],
    [{ $schema: 'https://json-schema.org/draft/2019-09/schema', items: [{ type: 'number' }] }, ['a'], '/0', 'type'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', items: [{ type: 'number' }] }, ['a'], '/0', 'type'],
    [{ $schema: 'http://json-schema.org/draft-07/schema#', dependencies: { a: ['b'] } }, { a: 1 }, '', 'dependencies'],
  ])('%j is broken by %j at %s: %s', (schema, value, path, rule) => {
    expect(violation(schema, value)).toEqual({ path, rule });
  });

  it('names no property that it does not speak of itself', () => {
    const schema = { additionalProperties: { properties: { known: { type: 'number' } } } };

    expect(violation(schema, { 'sk-secret': { known: 'x' } })).toEqual({ path: '/*/known', rule: 'type' });
  });

  it.each([
    [{ type: 'object' }, {}],
    [true, undefined],
    [{ properties: { at: { type: 'string', format: 'date-time' } } }, { at: 'yesterday' }],
    [{ 'x-order': { type: 7 }, examples: [{ type: 7 }], default: { $ref: 'nowhere' } }, {}],
    [{ $schema: 'http://json-schema.org/draft-06/schema#' }, {}],
    [{ properties: { a: { $ref: '#' } } }, { a: { a: {} } }],
    [{ $id: 'https://example.com/a', $defs: { b: { $id: 'b', type: 'object' } }, $ref: 'b' }, {}],
  ])('%j lets %j pass', (schema, value) => {
    if (typeof schema === 'object') expect(violation(schema, value)).toBeUndefined();
    else expect(flaw(schema)).toBe('schema-invalid');
  });

  it.each([
    [undefined, 'schema-invalid'],
    [{ type: 'strng' }, 'schema-invalid'],
    [{ required: 'a' }, 'schema-invalid'],
    [{ properties: { a: 5 } }, 'schema-invalid'],
    [{ properties: { a: { pattern: '[' } } }, 'schema-invalid'],
    [{ $id: 'http://[' }, 'schema-invalid'],
    [{ $schema: 'http://json-schema.org/draft-04/schema#' }, 'schema-unsupported'],
    [{ $schema: 7 }, 'schema-unsupported'],
    [{ anyOf: [{ $dynamicRef: '#node' }] }, 'schema-unsupported'],
    [{ properties: { a: { $ref: 'https://example.com/a.json' } } }, 'reference-unresolved'],
    [{ $ref: '#/$defs/nothing' }, 'reference-unresolved'],
  ])('%j is of no use: %s', (schema, expected) => {
    expect(flaw(schema)).toBe(expected);
  });

  it('stays as it is', () => {
    const schema = Object.freeze({ properties: Object.freeze({ at: Object.freeze({ format: 'date', $ref: '#' }) }) });

    expect(violation(schema, {})).toBeUndefined();
    expect(schema).toEqual({ properties: { at: { format: 'date', $ref: '#' } } });
  });
});

describe('a hostile schema', () => {
  const doubling = Object.fromEntries(
    Array.from({ length: 60 }, (_, n) => [`d${n}`, { allOf: Array(2).fill({ $ref: `#/$defs/d${n + 1}` }) }]),
  );
  const nestedIds = Array.from({ length: 40 }).reduce<object>((inner, _, n) => ({ $id: `i${n}`, not: inner }), {});

  const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, n) => [`p${n}`, true]));

  it.each([
    ['a pattern that backtracks', { pattern: '^(a+)+$' }, `${'a'.repeat(60)}!`],
    ['references that double', { $ref: '#/$defs/d0', $defs: { ...doubling, d60: { type: 'object' } } }, {}],
    ['a reference to itself', { $ref: '#' }, {}],
    [
      'two that refer to each other',
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
      {},
    ],
    ['ids in ids', nestedIds, {}],
    ['items that are each compared to all', { uniqueItems: true }, Array.from({ length: 30_000 }, (_, n) => ({ n }))],
    [
      'names that are looked for in each item',
      { contains: { properties: wide, required: ['x'] } },
      Array(100_000).fill({}),
    ],
    [
      'a value deeper than the stack',
      { properties: { a: { $ref: '#' } } },
      JSON.parse(`${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`),
    ],
  ])('of %s is given up in time', (_what, schema, value) => {
    const beganMs = performance.now();

    expect(flaw(schema, value, 100)).toBe('too-costly');
    // Without a bound each takes minutes at least. A machine under load may be late by some tenths of a second.
    expect(performance.now() - beganMs).toBeLessThan(5_000);
  });
});
