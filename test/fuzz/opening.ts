/** Hostile answers to the handshake and to the list of tools. */

import type { Chance } from '../../src/testing/chance.ts';
import { bytesOf, type Saying } from './utterance.ts';

const VERSIONS = [
  '"2025-11-25"',
  '"2025-11-25"',
  '"2024-11-05"',
  '"2099-01-01"',
  '""',
  '"__proto__"',
  '7',
  'null',
  '{}',
];
const CAPABILITIES = [
  '{"tools":{}}',
  '{"tools":{"listChanged":true}}',
  '{}',
  'null',
  '[]',
  '{"tools":null}',
  '{"tools":5}',
  '{"__proto__":{"tools":{}}}',
  '{"tools":{},"experimental":{"a":{"b":[]}}}',
  '{"tools":{},"extra":1e999}',
];
const IMPLEMENTATIONS = [
  '{"name":"n","version":"1"}',
  '{"name":"\\u0000\\ud800\\u202e","version":"\\n"}',
  '{"name":7}',
  'null',
  `{"name":"${'n'.repeat(50_000)}","version":"1"}`,
  '{"name":"n","version":"1","icons":5}',
  '{}',
];
const INSTRUCTIONS = [
  '',
  ',"instructions":7',
  `,"instructions":"${'i'.repeat(100_000)}"`,
  ',"instructions":"\\u001b[2J"',
];
const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  'same',
  'same',
  '\\u0000',
  '\\ud800',
  'n'.repeat(10_000),
  'prototype',
  '../x',
  '\\u202etxt',
];
const CURSORS = [
  '"same"',
  '""',
  '"@N@"',
  '"__proto__"',
  `"${'c'.repeat(20_000)}"`,
  `"@N@${'c'.repeat(20_000)}"`,
  'null',
  '7',
  '{}',
];

/** Draw one hostile answer to `initialize`. */
export function hostileHandshake(chance: Chance): Saying {
  const result =
    `{"protocolVersion":${chance.pick(VERSIONS)},"capabilities":${chance.pick(CAPABILITIES)}` +
    `,"serverInfo":${chance.pick(IMPLEMENTATIONS)}${chance.pick(INSTRUCTIONS)}}`;
  return { name: 'a strange handshake', text: bytesOf(`{"jsonrpc":"2.0","id":@ID@,"result":${result}}`) };
}

/** Draw one hostile list of tools. */
export function hostileList(chance: Chance): Saying {
  const count = chance.pick([0, 1, 5, 300]);
  const tools = Array.from({ length: count }, () => `{"name":"${chance.pick(NAMES)}","inputSchema":${schema(chance)}}`);
  const cursor = chance.isTrue(0.5) ? `,"nextCursor":${chance.pick(CURSORS)}` : '';
  const odd = chance.isTrue(0.15) ? chance.pick(['null', '5', '{"name":7}', '{"name":"x"}', '[]']) : undefined;
  const list = odd === undefined ? tools : [...tools, odd];
  return {
    name: `a list of ${list.length} tools${cursor.slice(0, 40)}`,
    text: bytesOf(`{"jsonrpc":"2.0","id":@ID@,"result":{"tools":[${list.join(',')}]${cursor}}}`),
  };
}

/** A schema that explodes in whoever compiles it, follows it or walks it. */
function schema(chance: Chance): string {
  const draw = chance.pick<() => string>([
    () => '{"type":"object"}',
    () => '{"type":"object","properties":{"a":{"$ref":"#"}},"$defs":{"a":{"$ref":"#/$defs/a"}}}',
    () => '{"type":"object","properties":{"a":{"type":"string","pattern":"^(a+)+$"}}}',
    () => '{"type":"object","properties":{"__proto__":{"type":"string"},"constructor":{}},"required":["__proto__"]}',
    () => `{"type":"object","properties":{"a":${'{"anyOf":['.repeat(60)}{}${']}'.repeat(60)}}}`,
    () => '{"type":"object","$ref":"http://127.0.0.1:1/remote.json"}',
    () => '{"type":"array"}',
    () => 'null',
  ]);
  return draw();
}
