/** Finds a port on which nothing listens. */

import { once } from 'node:events';
import { createServer } from 'node:net';

// Below the ports that the system gives to outgoing connections: a client that tries a closed port of that range again
// and again can end up connected to itself.
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;

/** A port that is free on every address of this host. */
export async function freePort(): Promise<number> {
  const start = Math.floor(Math.random() * (LAST_PORT - FIRST_PORT));
  for (let port = FIRST_PORT + start; port <= LAST_PORT; port += 1) {
    if ((await isFree(port)) && (await isFree(port, '127.0.0.1'))) return port;
  }
  throw new Error('no free port');
}

async function isFree(port: number, host?: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host });
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}
