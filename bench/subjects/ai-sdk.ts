/** `@ai-sdk/mcp`: one client per server. */

import { createMCPClient } from '@ai-sdk/mcp';
import { Experimental_StdioMCPTransport as StdioTransport } from '@ai-sdk/mcp/mcp-stdio';
import { memoryTransport } from './memory-transport.ts';
import { oneByOne, type Subject, type Target } from './subject.ts';

export const subject: Subject = {
  open: async (targets) =>
    oneByOne(targets, async (target) => await createMCPClient({ transport: transportTo(target) }), {
      call: (client, name, args) => client.callTool({ name, arguments: args }),
      tools: async (client) => (await client.listTools()).tools.length,
      close: (client) => client.close(),
    }),
};

type Transport = Parameters<typeof createMCPClient>[0]['transport'];

function transportTo(target: Target): Transport {
  if (target.kind === 'stdio') return new StdioTransport({ command: target.command, args: [...target.args] });
  if (target.kind === 'memory') return memoryTransport() as Transport;
  return { type: 'http', url: target.url };
}
