import { isJSONRPCResultResponse, type JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';
import { isResultReply } from '../../../src/link/reply-shape.ts';

const REPLY = { jsonrpc: '2.0', id: 1, result: {} };

const MESSAGES: readonly (readonly [string, object])[] = [
  ['a result', REPLY],
  ['a result that holds something', { ...REPLY, result: { content: [], _meta: { a: 1 } } }],
  ['a text as id', { ...REPLY, id: 'a' }],
  ['an empty text as id', { ...REPLY, id: '' }],
  ['a fraction as id', { ...REPLY, id: 1.5 }],
  ['an id beyond what is exact', { ...REPLY, id: 2 ** 60 }],
  ['no id', { jsonrpc: '2.0', result: {} }],
  ['null as id', { ...REPLY, id: null }],
  ['an object as id', { ...REPLY, id: {} }],
  ['null as result', { ...REPLY, result: null }],
  ['a list as result', { ...REPLY, result: [] }],
  ['a text as result', { ...REPLY, result: 'done' }],
  ['a result that is a date', { ...REPLY, result: new Date(0) }],
  ['no result', { jsonrpc: '2.0', id: 1 }],
  ['another revision of JSON-RPC', { ...REPLY, jsonrpc: '1.0' }],
  ['no revision of JSON-RPC', { id: 1, result: {} }],
  ['a field too many', { ...REPLY, extra: 1 }],
  ['a result and an error', { ...REPLY, error: { code: 1, message: 'no' } }],
  ['an error', { jsonrpc: '2.0', id: 1, error: { code: 1, message: 'no' } }],
  ['a request', { jsonrpc: '2.0', id: 1, method: 'ping' }],
  ['a request with a result', { ...REPLY, method: 'ping' }],
];

describe('a reply with a result', () => {
  it.each(MESSAGES)('is told as the SDK tells it: %s', (_, message) => {
    expect(isResultReply(message as JSONRPCMessage)).toBe(isJSONRPCResultResponse(message));
  });
});
