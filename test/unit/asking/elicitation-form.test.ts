import { describe, expect, it } from 'vitest';
import { fits, isForm } from '../../../src/asking/elicitation-form.ts';

const COLOURS = [
  { const: '#f00', title: 'Red' },
  { const: '#0f0', title: 'Green' },
];

function form(field: unknown, required: string[] = []) {
  const value: unknown = { type: 'object', properties: { it: field }, required };
  if (!isForm(value)) throw new Error('no form');
  return value;
}

describe('a form', () => {
  it.each<[unknown, unknown[], unknown[]]>([
    [{ type: 'string', minLength: 2, maxLength: 3 }, ['ab', '🦜🦜'], ['a', 'abcd', 7, null]],
    [{ type: 'string', format: 'email' }, ['a@example.com'], ['a', '']],
    [{ type: 'string', format: 'uri' }, ['https://example.com'], ['example']],
    [{ type: 'string', format: 'date' }, ['2026-11-26'], ['26.11.2026', '2026-02-30']],
    [{ type: 'string', format: 'date-time' }, ['2026-11-26T08:00:00+01:00'], ['2026-11-26']],
    [{ type: 'string', format: 'unheard-of', pattern: '(a+)+$' }, ['anything'], []],
    [{ type: 'string', enum: ['a', 'b'] }, ['a'], ['c', 'toString']],
    [{ type: 'string', oneOf: COLOURS }, ['#f00'], ['Red']],
    [{ type: 'number', minimum: 0, maximum: 1 }, [0, 0.5, 1], [-1, 2, '0', Number.NaN]],
    [{ type: 'integer' }, [-7], [0.5, '7']],
    [{ type: 'boolean' }, [false], ['false', 0]],
    [
      { type: 'array', items: { type: 'string', enum: ['a', 'b'] }, minItems: 1, maxItems: 2 },
      [['a']],
      [[], ['c'], 'a', ['a', 'b', 'a']],
    ],
    [{ type: 'array', items: { anyOf: COLOURS } }, [[], ['#0f0']], [['Green']]],
  ])('of the field %j takes what fits, and nothing else', (field, right, wrong) => {
    const taken = [...right, ...wrong].filter((it) => fits(form(field), { it }));
    expect(taken).toEqual(right);
  });

  it('wants what is required, and takes more than it asks for', () => {
    expect(fits(form({ type: 'string' }, ['it']), {})).toBe(false);
    expect(fits(form({ type: 'string' }, ['toString']), {})).toBe(false);
    expect(fits(form({ type: 'string' }), { other: 7 })).toBe(true);
  });

  it.each([
    { type: 'object' },
    { type: 'string', enum: 'ab' },
    { type: 'string', minLength: '1' },
    { type: 'number', default: '0' },
    { type: 'array' },
    { type: 'array', items: { anyOf: [{ title: 'Red' }] } },
    null,
  ])('has no field %j', (field) => {
    expect(isForm({ type: 'object', properties: { it: field } })).toBe(false);
  });
});
