/** The client of `@modelcontextprotocol/client`, used directly. */

import {
  Client,
  type JSONRPCMessage,
  SSEClientTransport,
  StreamableHTTPClientTransport,
  type Transport,
} from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { memoryTransport } from './memory-transport.ts';
import { oneByOne, type Subject, type Target } from './subject.ts';

/** Imported although unused: whoever is to reach any server imports it too. */
export const transports = [SSEClientTransport, StdioClientTransport, StreamableHTTPClientTransport];

export const subject: Subject = {
  open: async (targets) =>
    oneByOne(targets, connect, {
      call: (client, name, args) => client.callTool({ name, arguments: args }),
      tools: async (client) => (await client.listTools()).tools.length,
      close: (client) => client.close(),
    }),
};

async function connect(target: Target): Promise<Client> {
  const client = new Client({ name: 'bench', version: '1.0.0' });
  await client.connect(transportTo(target));
  return client;
}

function transportTo(target: Target): Transport {
  if (target.kind === 'stdio') return new StdioClientTransport({ command: target.command, args: [...target.args] });
  if (target.kind === 'memory') return memoryTransport<JSONRPCMessage>();
  return new StreamableHTTPClientTransport(new URL(target.url));
}
