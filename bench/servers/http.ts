/**
 * A Streamable HTTP server on as many ports as it is told, started with an IPC channel. By path: `/json` and `/sse` say
 * how it replies, `?listen` lets a client hold a stream open, `?tools=n` lists more tools, `/hang` never answers,
 * `/fail` refuses, `/forget` loses the sessions of that port, and `/hang-up` closes the idle sockets of all.
 */

import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answer, type Message } from './answers.ts';

const JSON_HEADERS = { 'content-type': 'application/json' };
const SSE_HEADERS = { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' };

const servers: Server[] = [];
const ports: number[] = [];
for (let count = Number(process.argv[2] ?? 1); count > 0; count -= 1) ports.push(await listen());
process.send?.(ports);
process.on('disconnect', () => process.exit());

/** Each port is a server of its own, with sessions of its own. */
async function listen(): Promise<number> {
  const sessions = new Set<string>();
  const server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    if (path === '/hang') return;
    if (path === '/fail') return end(response, 500);
    if (path === '/forget') {
      sessions.clear();
      return end(response, 204);
    }
    if (path === '/hang-up') {
      for (const each of servers) each.closeIdleConnections();
      return end(response, 204);
    }
    const session = request.headers['mcp-session-id'];
    if (session !== undefined && !sessions.has(String(session))) return end(response, 404);
    if (request.method === 'DELETE') {
      sessions.delete(String(session));
      return end(response, 200);
    }
    if (request.method === 'GET') {
      if (!query.includes('listen')) return end(response, 405);
      response.writeHead(200, SSE_HEADERS).flushHeaders();
      return;
    }
    receive(request, (body) => {
      const message = JSON.parse(body) as Message;
      const headers: Record<string, string> = { ...(path === '/sse' ? SSE_HEADERS : JSON_HEADERS) };
      if (message.method === 'initialize') {
        const id = randomUUID();
        sessions.add(id);
        headers['mcp-session-id'] = id;
      }
      const tools = Number(/tools=(\d+)/.exec(query)?.[1] ?? 4);
      const reply = answer(message, tools);
      if (reply === undefined) return end(response, 202);
      if (typeof reply === 'string') return send(response, headers, reply);
      void reply.then((late) => send(response, headers, late));
    });
  });
  servers.push(server);
  // Idle sockets are the client's matter here.
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function send(response: ServerResponse, headers: Record<string, string>, reply: string): void {
  response.writeHead(200, headers);
  response.end(headers['content-type'] === 'text/event-stream' ? `event: message\ndata: ${reply}\n\n` : reply);
}

function end(response: ServerResponse, status: number): void {
  response.writeHead(status);
  response.end();
}

function receive(request: IncomingMessage, done: (body: string) => void): void {
  let body = '';
  request.setEncoding('utf8');
  request.on('data', (chunk: string) => {
    body += chunk;
  });
  request.on('end', () => done(body));
}
