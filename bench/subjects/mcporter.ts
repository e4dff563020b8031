/** `mcporter`: its runtime in this process, which connects to a server when it is first needed. */

import { createRuntime, type ServerDefinition } from 'mcporter';
import { type Host, nameOf, type Subject, type Target } from './subject.ts';

export const subject: Subject = {
  open: async (targets): Promise<Host> => {
    const runtime = await createRuntime({ servers: targets.map(definitionOf) });
    const connecting = targets.map(async (_, index) => await runtime.connect(nameOf(index), { disableOAuth: true }));
    for (const each of connecting) each.catch(() => undefined);
    return {
      ready: (server) => connecting[server] ?? Promise.reject(new Error(`no server ${server}`)),
      call: (server, tool, args) => runtime.callTool(nameOf(server), tool, { args, disableOAuth: true }),
      tools: async (server) => (await runtime.listTools(nameOf(server), { disableOAuth: true })).length,
      close: () => runtime.close(),
    };
  },
};

function definitionOf(target: Target, index: number): ServerDefinition {
  const name = nameOf(index);
  if (target.kind === 'stdio') {
    return { name, command: { kind: 'stdio', command: target.command, args: [...target.args], cwd: process.cwd() } };
  }
  if (target.kind === 'http') return { name, command: { kind: 'http', url: new URL(target.url) } };
  throw new Error('takes no transport object');
}
