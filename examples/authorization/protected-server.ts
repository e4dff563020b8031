/** An MCP server over Streamable HTTP, made with the SDK, which wants tokens and says who issues them (RFC 9728). */

import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import type { AuthorizationServer } from './authorization-server.ts';

/** It runs. */
export interface ProtectedServer extends AsyncDisposable {
  readonly url: string;
}

/** Start it, with one tool. */
export async function startProtectedServer(issuer: AuthorizationServer): Promise<ProtectedServer> {
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${origin}/mcp`;
  const about = `${origin}/.well-known/oauth-protected-resource/mcp`;

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.url?.startsWith('/.well-known/')) {
      const document = { resource: url, authorization_servers: [issuer.issuer], scopes_supported: ['tools'] };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(document));
      return;
    }
    const token = request.headers.authorization?.replace(/^Bearer /, '');
    if (token === undefined || !(await issuer.isGood(token, url))) {
      response.writeHead(401, { 'www-authenticate': `Bearer resource_metadata="${about}"` }).end();
      return;
    }
    // One of each for each request: nothing is kept between them.
    const mcp = new McpServer({ name: 'wiki', version: '1.0.0' });
    mcp.registerTool('page', { description: 'The page' }, () => ({ content: [{ type: 'text', text: 'A page.' }] }));
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    await mcp.connect(transport);
    await transport.handleRequest(request, response);
  };
  return {
    url,
    [Symbol.asyncDispose]: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
