/** How headers of several origins become those of one request. */

import { expect, test } from 'vitest';
import { headerList } from '../../../../src/transport/http/request-headers.ts';

test('each name stands before its value, in the order of the layers', () => {
  expect(
    headerList({ 'accept-encoding': 'identity' }, { authorization: 'Bearer x' }, { accept: 'application/json' }),
  ).toEqual(['accept-encoding', 'identity', 'authorization', 'Bearer x', 'accept', 'application/json']);
});

test('of two with one name the later one is sent, once', () => {
  const list = headerList({ a: 'first', b: 'first' }, { b: 'second' }, { a: 'third' });
  expect(list).toEqual(['b', 'second', 'a', 'third']);
});

test('a name that every object has is a header like any other', () => {
  expect(headerList({ constructor: 'first' }, {})).toEqual(['constructor', 'first']);
});
