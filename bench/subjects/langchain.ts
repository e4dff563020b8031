/** `@langchain/mcp-adapters`: one client for all servers; tools are called as an agent would call them. */

import { MultiServerMCPClient } from '@langchain/mcp-adapters';
import { type Host, nameOf, type Subject, type Target } from './subject.ts';

export const subject: Subject = {
  open: async (targets): Promise<Host> => {
    const client = new MultiServerMCPClient({
      onConnectionError: 'ignore',
      mcpServers: Object.fromEntries(targets.map((target, index) => [nameOf(index), configOf(target)])),
    });
    const connecting = client.initializeConnections();
    connecting.catch(() => undefined);
    type Tool = Awaited<typeof connecting>[string][number];
    const tools: Map<string, Tool>[] = [];
    return {
      ready: async (server) => {
        const found = (await connecting)[nameOf(server)];
        if (found === undefined || found.length === 0) throw new Error(`server ${server} has no tools`);
        tools[server] = new Map(found.map((tool) => [tool.name, tool]));
      },
      call: async (server, name, args) => {
        const tool = tools[server]?.get(name);
        if (tool === undefined) throw new Error(`no tool ${name}`);
        return await tool.invoke(args);
      },
      tools: async (server) => tools[server]?.size ?? 0,
      close: () => client.close(),
    };
  },
};

function configOf(target: Target) {
  if (target.kind === 'stdio') {
    return { transport: 'stdio' as const, command: target.command, args: [...target.args] };
  }
  if (target.kind === 'http') return { transport: 'http' as const, url: target.url };
  throw new Error('takes no transport object');
}
