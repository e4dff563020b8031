/** This library, as it was built; `MCP_SUPERVISOR_ENTRY` says where. */

import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { McpSupervisor, ServerConfig, SupervisorOptions } from 'mcp-supervisor';
import { memoryTransport } from './memory-transport.ts';
import { type Host, nameOf, type Subject, type Target } from './subject.ts';

const entry = process.env['MCP_SUPERVISOR_ENTRY'];
if (entry === undefined) throw new Error('MCP_SUPERVISOR_ENTRY is not set');
const library = (await import(entry)) as { readonly McpSupervisor: typeof McpSupervisor };

/** A host that also shows what only this library has. */
export interface SupervisedHost extends Host {
  readonly mcp: McpSupervisor;
}

/** The subject, with the options that only it has. */
export interface SupervisorSubject extends Subject {
  open(targets: readonly Target[], options?: SupervisorOptions): Promise<SupervisedHost>;
}

export const subject: SupervisorSubject = {
  open: async (targets, options = {}) => {
    const mcp = new library.McpSupervisor(options);
    const names = targets.map((_, index) => nameOf(index));
    const adding = targets.map((target, index) => mcp.addServer(configOf(target, nameOf(index))));
    for (const each of adding) each.catch(() => undefined);
    return {
      mcp,
      ready: (server) => adding[server] ?? Promise.reject(new Error(`no server ${server}`)),
      call: (server, tool, args) => mcp.callTool(names[server] ?? '', tool, args),
      tools: async (server) => mcp.getServerInfo(nameOf(server))?.tools.length ?? 0,
      close: () => mcp.close(),
    };
  },
};

function configOf(target: Target, name: string): ServerConfig {
  if (target.kind === 'stdio') return { name, transport: 'stdio', command: target.command, args: [...target.args] };
  if (target.kind === 'http') return { name, transport: 'streamable_http', url: target.url };
  return { name, transport: 'in_process', connect: () => memoryTransport<JSONRPCMessage>() };
}
