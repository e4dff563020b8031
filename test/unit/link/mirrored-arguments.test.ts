import { describe, expect, it } from 'vitest';
import { argumentHeaders, mirroredArguments } from '../../../src/link/mirrored-arguments.ts';

const MARKED = { type: 'string', 'x-mcp-header': 'Region' };
const object = (properties: unknown) => ({ type: 'object', properties });

describe('the arguments that a schema marks', () => {
  it('are found under names of properties, at any depth', () => {
    const schema = object({ region: MARKED, nested: object({ id: { type: 'integer', 'x-mcp-header': 'Id' } }) });

    expect(mirroredArguments(schema)).toEqual([
      { path: ['region'], header: 'Region' },
      { path: ['nested', 'id'], header: 'Id' },
    ]);
  });

  it.each([
    ['nothing marked', object({ region: { type: 'string' } })],
    ['a property of that name', object({ 'x-mcp-header': { type: 'string' } })],
    ['a default that looks like a mark', object({ region: { type: 'object', default: { 'x-mcp-header': 7 } } })],
    ['no schema at all', undefined],
  ])('are none with %s', (_, schema) => {
    expect(mirroredArguments(schema)).toEqual([]);
  });

  it.each([
    ['an empty name', object({ region: { type: 'string', 'x-mcp-header': '' } })],
    ['a name that is no token', object({ region: { type: 'string', 'x-mcp-header': 'a b' } })],
    ['a name that is no text', object({ region: { type: 'string', 'x-mcp-header': 7 } })],
    ['an object marked', object({ region: { type: 'object', 'x-mcp-header': 'Region' } })],
    ['a float marked', object({ region: { type: 'number', 'x-mcp-header': 'Region' } })],
    ['no type', object({ region: { 'x-mcp-header': 'Region' } })],
    ['the root marked', { ...MARKED, ...object({}) }],
    ['a mark in items', object({ list: { type: 'array', items: MARKED } })],
    ['a mark in a choice', object({ either: { anyOf: [MARKED] } })],
    ['a mark in a definition', { ...object({}), $defs: { region: MARKED } }],
    ['one name twice, in another case', object({ a: MARKED, b: { type: 'string', 'x-mcp-header': 'REGION' } })],
  ])('are illegal with %s', (_, schema) => {
    expect(mirroredArguments(schema)).toBeUndefined();
  });
});

describe('the headers of a call', () => {
  const headersOf = (value: unknown) => argumentHeaders([{ path: ['a', 'b'], header: 'X' }], { a: { b: value } });
  const base64 = (text: string) => `=?base64?${Buffer.from(text).toString('base64')}?=`;

  it.each([
    ['a text', 'us west', 'us west'],
    ['true', true, 'true'],
    ['an integer', -42, '-42'],
    ['an empty text', '', base64('')],
    ['another alphabet', 'Zürich', base64('Zürich')],
    ['a text with blanks around it', ' x ', base64(' x ')],
    ['a text with a line break', 'a\nb', base64('a\nb')],
    ['a text that looks encoded', base64('x'), base64(base64('x'))],
  ])('repeat %s', (_, value, header) => {
    expect(headersOf(value)).toEqual({ 'mcp-param-X': header });
  });

  it.each([
    ['null', null],
    ['nothing', undefined],
    ['an object', {}],
    ['an integer that a number does not hold exactly', 2 ** 60],
  ])('leave out %s', (_, value) => {
    expect(headersOf(value)).toEqual({});
  });
});
