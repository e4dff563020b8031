/** `@mastra/mcp`: one client for all servers; tools are called as an agent would call them. */

import { MCPClient } from '@mastra/mcp';
import { type Host, nameOf, type Subject, type Target } from './subject.ts';

/** As much of Mastra's tool as a call needs: its own type wants the context of an agent. */
interface Tool {
  execute?(args: object, context: object): Promise<unknown>;
}

export const subject: Subject = {
  open: async (targets): Promise<Host> => {
    const client = new MCPClient({
      id: `bench-${process.pid}-${performance.now()}`,
      servers: Object.fromEntries(targets.map((target, index) => [nameOf(index), configOf(target)])),
    });
    const connecting = client.listToolsets();
    connecting.catch(() => undefined);
    const tools: Map<string, Tool>[] = [];
    return {
      ready: async (server) => {
        const found = (await connecting)[nameOf(server)];
        if (found === undefined) throw new Error(`server ${server} has no tools`);
        tools[server] = new Map(Object.entries(found as Record<string, Tool>));
      },
      call: async (server, name, args) => {
        const tool = tools[server]?.get(name);
        if (tool?.execute === undefined) throw new Error(`no tool ${name}`);
        return await tool.execute(args, {});
      },
      tools: async (server) => tools[server]?.size ?? 0,
      close: () => client.disconnect(),
    };
  },
};

function configOf(target: Target) {
  if (target.kind === 'stdio') return { command: target.command, args: [...target.args] };
  if (target.kind === 'http') return { url: new URL(target.url) };
  throw new Error('takes no transport object');
}
