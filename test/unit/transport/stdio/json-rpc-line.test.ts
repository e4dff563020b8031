import { describe, expect, it } from 'vitest';
import { parseMessage } from '../../../../src/transport/stdio/json-rpc-line.ts';

describe('parseMessage', () => {
  it.each([
    ['a request', { jsonrpc: '2.0', id: 1, method: 'ping' }],
    ['a notification', { jsonrpc: '2.0', method: 'notifications/progress', params: {} }],
    ['a result', { jsonrpc: '2.0', id: 'a', result: {} }],
    ['an error', { jsonrpc: '2.0', id: 0, error: { code: -32600, message: 'm' } }],
    ['an error about a message without a readable id', { jsonrpc: '2.0', error: { code: -32700, message: 'm' } }],
  ])('reads %s', (_what, message) => {
    expect(parseMessage(JSON.stringify(message))).toEqual(message);
  });

  it.each(['', 'Server listening', '{"jsonrpc":"2.0"', 'undefined'])('says not-json of %j', (line) => {
    expect(parseMessage(line)).toBe('not-json');
  });

  it.each([
    'null',
    '42',
    '"text"',
    '[]',
    '{"level":"info","msg":"started"}',
    '{"jsonrpc":"1.0","id":1,"method":"ping"}',
    '{"jsonrpc":"2.0"}',
    '{"jsonrpc":"2.0","id":1}',
    '{"jsonrpc":"2.0","id":{},"method":"ping"}',
    '{"jsonrpc":"2.0","id":null,"result":{}}',
    '{"jsonrpc":"2.0","result":{}}',
    '{"jsonrpc":"2.0","id":1,"method":7}',
    '[{"jsonrpc":"2.0","id":1,"method":"ping"}]',
  ])('says not-json-rpc of %s', (line) => {
    expect(parseMessage(line)).toBe('not-json-rpc');
  });
});
