/** `mcp-use`: one client for all servers, one session per server. */

import { MCPClient } from 'mcp-use/client';
import { type Host, nameOf, type Subject, type Target } from './subject.ts';

type Session = Awaited<ReturnType<MCPClient['createSession']>>;

export const subject: Subject = {
  open: async (targets): Promise<Host> => {
    const client = MCPClient.fromDict({
      mcpServers: Object.fromEntries(targets.map((target, index) => [nameOf(index), configOf(target)])),
    });
    const connecting = client.createAllSessions();
    connecting.catch(() => undefined);
    const sessions: Session[] = [];
    const session = (server: number): Session => {
      const found = sessions[server];
      if (found === undefined) throw new Error(`server ${server} has no session`);
      return found;
    };
    return {
      ready: async (server) => {
        const found = (await connecting)[nameOf(server)];
        if (found === undefined) throw new Error(`server ${server} has no session`);
        sessions[server] = found;
      },
      call: (server, tool, args) => session(server).callTool(tool, args),
      tools: async (server) => (await session(server).listTools()).length,
      close: () => client.closeAllSessions(),
    };
  },
};

function configOf(target: Target) {
  if (target.kind === 'stdio') return { command: target.command, args: [...target.args] };
  if (target.kind === 'http') return { url: target.url };
  throw new Error('takes no transport object');
}
