/** What both benchmark servers answer. Written by hand and without a library, so that no server is the bottleneck. */

import { appendFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** A message as it comes over the wire. */
export interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly name?: string;
    readonly arguments?: Readonly<Record<string, unknown>>;
  };
}

const LARGE = new Map<number, string>();
const schema = { type: 'object', properties: {} };
const TOOLS = ['echo', 'large', 'pid', 'commit'].map((name) => ({ name, description: name, inputSchema: schema }));

/** Answer a request as JSON text; nothing for what needs no answer. `tools` is how many tools are listed. */
export function answer(message: Message, tools: number): string | Promise<string> | undefined {
  if (message.id === undefined || message.method === undefined) return undefined;
  const id = JSON.stringify(message.id);
  switch (message.method) {
    case 'initialize':
      return result(id, {
        protocolVersion: message.params?.protocolVersion ?? '2025-06-18',
        capabilities: { tools: {} },
        serverInfo: { name: 'bench', version: '1.0.0' },
      });
    case 'ping':
      return result(id, {});
    case 'tools/list':
      return result(id, { tools: [...TOOLS, ...fillers(tools - TOOLS.length)] });
    case 'tools/call':
      return call(id, message.params?.name, message.params?.arguments ?? {});
    default:
      return `{"jsonrpc":"2.0","id":${id},"error":{"code":-32601,"message":"Method not found"}}`;
  }
}

function call(id: string, tool: string | undefined, args: Readonly<Record<string, unknown>>): string | Promise<string> {
  switch (tool) {
    case 'echo':
      return text(id, String(args['text']));
    case 'large':
      return `{"jsonrpc":"2.0","id":${id},"result":${large(Number(args['bytes']))}}`;
    case 'pid':
      return text(id, String(process.pid));
    case 'commit':
      return commit(id, String(args['file']), String(args['key']), Number(args['delayMs']));
    default:
      return `{"jsonrpc":"2.0","id":${id},"error":{"code":-32602,"message":"Unknown tool"}}`;
  }
}

/** Takes effect first and answers later: whoever kills the server in between leaves an effect without an answer. */
async function commit(id: string, file: string, key: string, delayMs: number): Promise<string> {
  appendFileSync(file, `${key}\n`);
  await delay(delayMs);
  return text(id, key);
}

/** Kept as JSON text: writing megabytes anew for each call would be measured too. */
function large(bytes: number): string {
  let found = LARGE.get(bytes);
  if (found === undefined) {
    found = JSON.stringify({ content: [{ type: 'text', text: 'x'.repeat(bytes) }] });
    LARGE.set(bytes, found);
  }
  return found;
}

function fillers(count: number): object[] {
  return Array.from({ length: Math.max(0, count) }, (_, index) => ({
    name: `tool-${index}`,
    description: `Does what tool number ${index} does, with one word and one number.`,
    inputSchema: {
      type: 'object',
      properties: { word: { type: 'string', description: 'A word.' }, number: { type: 'integer', minimum: 0 } },
      required: ['word'],
    },
  }));
}

function text(id: string, value: string): string {
  return result(id, { content: [{ type: 'text', text: value }] });
}

function result(id: string, value: object): string {
  return `{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(value)}}`;
}
