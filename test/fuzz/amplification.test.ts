/** One message of a server costs us at most one of ours, and a flood of them not more than a bounded number at once. */

import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { DEFAULTS, McpSupervisor } from '../../src/index.ts';
import { type HttpServer, startHttpServer } from '../fixtures/http/http-server.ts';
import { json, listChanged, result, streamableAnswers } from '../fixtures/http/mcp-answers.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

/** The first list, one at once, and one after a pause. */
const LISTS = 3;

/** A server whose general stream the test writes on. */
async function startPushing(): Promise<{ server: HttpServer; streamOpen: Promise<ServerResponse> }> {
  let opened: (stream: ServerResponse) => void = () => {};
  const streamOpen = new Promise<ServerResponse>((resolve) => {
    opened = resolve;
  });
  const handler = streamableAnswers({
    GET: (_, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.flushHeaders();
      opened(response);
    },
    response: (_, response) => void response.writeHead(202).end(),
  });
  return { server: await startHttpServer(handler), streamOpen };
}

describe('a server that asks', () => {
  it('more than can be answered at once loses its epoch, and opens no more sockets', async () => {
    const { server, streamOpen } = await startPushing();
    await using mcp = new McpSupervisor({ ledger: false });
    await mcp.addServer({ name: 'asking', transport: 'streamable_http', url: `${server.origin}/mcp` });
    const stream = await streamOpen;
    const pings = Array.from({ length: 5_000 }, (_, id) => `data: {"jsonrpc":"2.0","id":${id},"method":"ping"}\n\n`);
    stream.write(pings.join(''));
    const { cause } = await new Promise<{ cause?: unknown }>((resolve) => {
      mcp.on('state', (change) => {
        if (change.to === 'reconnecting') resolve(change);
      });
    });
    await mcp.close();

    expect(cause).toEqual({ kind: 'flooded', what: 'requests' });
    expect(server.mostOpenCount).toBeLessThanOrEqual(DEFAULTS.maxServerRequests + 10);
    await server.stop();
  });

  it('as much as can be answered is answered', async () => {
    const { server, streamOpen } = await startPushing();
    await using mcp = new McpSupervisor({ ledger: false });
    await mcp.addServer({ name: 'asking', transport: 'streamable_http', url: `${server.origin}/mcp` });
    const stream = await streamOpen;

    const ids = Array.from({ length: 50 }, (_, id) => id);
    stream.write(ids.map((id) => `data: {"jsonrpc":"2.0","id":${id},"method":"ping"}\n\n`).join(''));
    await server.request('POST response', ids.length);

    expect(mcp.getServerInfo('asking')).toMatchObject({ state: 'ready', epoch: 1 });
    await mcp.close();
    await server.stop();
  });
});

describe('a server that says after each list that it changed', () => {
  it('is not asked again as fast as it answers', async () => {
    let stream: ServerResponse | undefined;
    const server = await startHttpServer(
      streamableAnswers({
        GET: (_, response) => {
          response.writeHead(200, { 'content-type': 'text/event-stream' });
          response.flushHeaders();
          stream = response;
        },
        'tools/list': ({ message }, response) => {
          json(response, result(message, { tools: [] }));
          response.on('finish', () => stream?.write(`data: ${JSON.stringify(listChanged())}\n\n`));
        },
      }),
    );
    await using mcp = new McpSupervisor({ ledger: false });
    await mcp.addServer({ name: 'changing', transport: 'streamable_http', url: `${server.origin}/mcp` });
    await server.request('GET');
    stream?.write(`data: ${JSON.stringify(listChanged())}\n\n`);

    await server.request('POST tools/list', LISTS - 1);
    const askedMs = performance.now();
    await server.request('POST tools/list', LISTS);
    const pauseMs = performance.now() - askedMs;
    await mcp.close();

    // Without a brake it goes round in about a millisecond.
    expect(pauseMs).toBeGreaterThan(DEFAULTS.refreshPauseMs / 2);
    await server.stop();
  });
});
