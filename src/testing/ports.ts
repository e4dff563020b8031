/**
 * Ports of 127.0.0.1 in three tempers: free, refusing, and a black hole that accepts and never answers.
 */

import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

// Below the range from which the system picks ports for outgoing connections: a client that tries a closed port of
// that range again and again can end up connected to itself.
const FIRST_PORT = 20_000;
const PORT_COUNT = 12_000;

let cursor = (process.pid * 7_919) % PORT_COUNT;

/**
 * Find a port on which nothing listens, on any address of this host. Neighbouring test processes start
 * their search far apart, and no call returns the same port twice until the range is used up.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < PORT_COUNT; tries += 1) {
    cursor = (cursor + 1) % PORT_COUNT;
    const port = FIRST_PORT + cursor;
    if (await isFree(port)) return port;
  }
  throw new Error('no free port');
}

/** Whether a server could listen on the port now. */
export async function isFree(port: number): Promise<boolean> {
  return (await canListen(port, '127.0.0.1')) && (await canListen(port));
}

/** Find a port that refuses connections, as the port of a server that is down does. */
export async function refusedPort(): Promise<number> {
  return freePort();
}

/** A port that accepts connections, reads what comes, and never answers. */
export interface BlackHole {
  readonly port: number;
  readonly url: string;
  /** Connections that are open now. */
  readonly openCount: number;
  /** Resolves when the next connection has been accepted. */
  nextConnection(): Promise<void>;
  /** Resolves when no connection is open. */
  drained(): Promise<void>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Open a black hole on a free port. */
export async function openBlackHole(): Promise<BlackHole> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      server.emit('drop-one');
    });
    socket.resume();
  });
  await listen(server, await freePort(), '127.0.0.1');
  const { port } = server.address() as AddressInfo;

  const drained = async (): Promise<void> => {
    while (sockets.size > 0) await once(server, 'drop-one');
  };
  const close = async (): Promise<void> => {
    if (!server.listening) return;
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  };
  return {
    port,
    url: `http://127.0.0.1:${port}/`,
    get openCount() {
      return sockets.size;
    },
    nextConnection: async () => {
      await once(server, 'connection');
    },
    drained,
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function canListen(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  try {
    await listen(server, port, host);
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

async function listen(server: Server, port: number, host?: string): Promise<void> {
  server.listen({ port, host });
  await once(server, 'listening');
}
