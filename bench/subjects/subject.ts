/** What is compared: a client of many servers, behind a surface so thin that it costs nothing. */

/** A server, as a subject is told of it. */
export type Target =
  | { readonly kind: 'stdio'; readonly command: string; readonly args: readonly string[] }
  | { readonly kind: 'http'; readonly url: string }
  /** In this process, over a transport object of ours. */
  | { readonly kind: 'memory' };

/** One client, or what a library has for many servers. Servers are named by their place in the list. */
export interface Host {
  /** Resolves when calls to that server can be made. */
  ready(server: number): Promise<unknown>;
  /** Call a tool; resolves with whatever the library gives. */
  call(server: number, tool: string, args: Record<string, unknown>): Promise<unknown>;
  /** How many tools the server lists. */
  tools(server: number): Promise<number>;
  close(): Promise<void>;
}

/** A subject connects to servers, all at once, as its documentation shows. */
export interface Subject {
  open(targets: readonly Target[]): Promise<Host>;
}

/** One client per server, which is all that a library for single servers has. */
export function oneByOne<C>(
  targets: readonly Target[],
  connect: (target: Target) => Promise<C>,
  verbs: {
    readonly call: (client: C, tool: string, args: Record<string, unknown>) => Promise<unknown>;
    readonly tools: (client: C) => Promise<number>;
    readonly close: (client: C) => Promise<unknown>;
  },
): Host {
  const clients: C[] = [];
  const connecting = targets.map(async (target, index) => {
    clients[index] = await connect(target);
  });
  for (const each of connecting) each.catch(() => undefined);
  const client = (server: number): C => {
    const found = clients[server];
    if (found === undefined) throw new Error(`server ${server} is not connected`);
    return found;
  };
  return {
    ready: (server) => connecting[server] ?? Promise.reject(new Error(`no server ${server}`)),
    call: (server, tool, args) => verbs.call(client(server), tool, args),
    tools: (server) => verbs.tools(client(server)),
    close: async () => {
      await Promise.allSettled(clients.filter((each) => each !== undefined).map(verbs.close));
    },
  };
}

/** The name of a server, for libraries that want one. */
export function nameOf(server: number): string {
  return `s${server}`;
}
