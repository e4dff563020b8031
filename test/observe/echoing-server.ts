/** An HTTP server that says no in many ways, and quotes the request with all its secrets each time. */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The ways in which it says no; each is a path. */
export const REFUSALS = [
  '401',
  '403',
  '404',
  '429',
  '500',
  'redirect',
  'rpc-error',
  'wrong-type',
  'broken-json',
] as const;

/** A server that runs. */
export interface EchoingServer extends AsyncDisposable {
  readonly port: number;
}

/** Start it on 127.0.0.1. */
export async function startEchoingServer(): Promise<EchoingServer> {
  const server = createServer((request, response) => void refuse(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function refuse(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks = await request.toArray();
  const told = JSON.stringify({ url: request.url, headers: request.headers });
  const how = new URL(request.url ?? '/', 'http://x').pathname.slice(1);
  const status = Number(how);
  if (status > 0) {
    const challenge = `Bearer realm=${JSON.stringify(request.url)}, error_description=${told}`;
    response.writeHead(status, { 'www-authenticate': challenge, 'x-told': told, 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: told }));
    return;
  }
  switch (how as (typeof REFUSALS)[number]) {
    case 'redirect':
      response.writeHead(307, { location: `http://127.0.0.2:9/${encodeURIComponent(told)}` }).end();
      return;
    case 'wrong-type':
      response.writeHead(200, { 'content-type': `text/html; told=${encodeURIComponent(told)}` }).end(told);
      return;
    case 'broken-json':
      response.writeHead(200, { 'content-type': 'application/json' }).end(`{"told": ${told}`);
      return;
    default: {
      const { id } = JSON.parse(Buffer.concat(chunks).toString() || '{}') as { id?: unknown };
      const error = { code: -32600, message: told, data: { told } };
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ jsonrpc: '2.0', id, error }));
    }
  }
}
