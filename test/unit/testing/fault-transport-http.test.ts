import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { EndpointRewriter } from '../../../src/testing/fault-transport/endpoint-rewriter.ts';
import { faultTransport } from '../../../src/testing/fault-transport/fault-transport.ts';
import { refusedPort } from '../../../src/testing/ports.ts';
import { startScripted } from '../../../src/testing/scripted.ts';
import { ONE, Stand } from '../../contract/stand.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { rehearse } from '../../ground/rehearsal.ts';

watchForLeaks();

describe('a fault transport in front of a URL', () => {
  it('asks the real server under its own name', async () => {
    await using scene = await rehearse('streamable_http');
    const { config } = scene.server as { config: { url: string } };

    const hosts = scene.server.journal.entries({ kind: 'request' }).map(({ headers }) => headers?.['host']);

    expect(new Set(hosts)).toEqual(new Set([new URL(config.url).host]));
    expect(scene.faults.config).not.toMatchObject({ url: config.url });
  });

  it('passes headers in both directions, more than one of a name too', async () => {
    const seen: IncomingMessage[] = [];
    await using server = await plainServer((request, response) => {
      seen.push(request);
      response.writeHead(418, { 'set-cookie': ['a=1', 'b=2'], 'x-one': 'two' }).end('teapot');
    });
    await using faults = await faultTransport({
      name: ONE,
      transport: 'streamable_http',
      url: `${server.origin}/mcp?a=b`,
    });

    const answer = await fetch(faults.config.url, { method: 'PUT', body: 'tea', headers: { 'x-given': 'one, two' } });

    expect([answer.status, answer.headers.getSetCookie(), answer.headers.get('x-one')]).toEqual([
      418,
      ['a=1', 'b=2'],
      'two',
    ]);
    expect(await answer.text()).toBe('teapot');
    expect(seen[0]).toMatchObject({ method: 'PUT', url: '/mcp?a=b', headers: { 'x-given': 'one, two' } });
  });

  it('leads an endpoint and a redirect of the own origin through itself, and no other', async () => {
    await using server = await plainServer((request, response) => {
      const origin = `http://${request.headers.host}`;
      if (request.url === '/moved') response.writeHead(302, { location: `${origin}/sse` }).end();
      else if (request.url === '/away') response.writeHead(302, { location: 'http://example.com/sse' }).end();
      else
        response
          .writeHead(200, { 'content-type': 'text/event-stream' })
          .end(`event: endpoint\ndata: ${origin}/message\n\n`);
    });
    await using faults = await faultTransport({ name: ONE, transport: 'sse', url: `${server.origin}/sse` });
    const { origin } = new URL(faults.config.url);

    const places = ['/moved', '/away'].map(async (path) => {
      const { headers } = await fetch(origin + path, { redirect: 'manual' });
      return headers.get('location');
    });
    const stream = await fetch(faults.config.url);

    expect(await Promise.all(places)).toEqual([`${origin}/sse`, 'http://example.com/sse']);
    expect(await stream.text()).toBe(`event: endpoint\ndata: ${origin}/message\n\n`);
  });

  it('does not hide that the server names a foreign endpoint', async () => {
    await using server = await startScripted('sse', { endpoint: 'foreign' });
    await using faults = await faultTransport({ name: ONE, ...server.config });
    await using stand = new Stand();

    await expect(stand.add({ config: faults.config })).rejects.toMatchObject({ code: 'CONNECT_FAILED' });
    expect(server.journal.executions('initialize')).toBe(0);
  });

  it('ends a reply in order when it cuts, and not when it resets', async () => {
    await using server = await plainServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: 1\n\n');
    });
    await using faults = await faultTransport({ name: ONE, transport: 'sse', url: server.origin });

    const ended = await fetch(faults.config.url);
    const reader = ended.body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    await faults.cut();
    expect(Buffer.from(value ?? []).toString()).toBe('data: 1\n\n');
    await expect(reader?.read()).resolves.toMatchObject({ done: true });

    const broken = await fetch(faults.config.url);
    await faults.reset();
    await expect(broken.text()).rejects.toThrow();
  });

  it('breaks connections while the real server is down', async () => {
    const url = `http://127.0.0.1:${await refusedPort()}/mcp`;
    await using faults = await faultTransport({ name: ONE, transport: 'streamable_http', url });
    await using stand = new Stand();
    await stand.begin({ config: faults.config });

    expect((await stand.reached('reconnecting')).cause).toMatchObject({ kind: 'unreachable' });
  });

  it('shows the death of the real server as it is', async () => {
    await using scene = await rehearse('sse');

    await scene.server.kill();
    expect((await scene.stand.reached('reconnecting')).cause).toMatchObject({ kind: 'stream-ended' });
    await scene.server.revive();

    await scene.stand.reached('ready', 2);
  });

  it('tells the real server that a client has gone', async () => {
    await using scene = await rehearse('streamable_http');
    const { answer } = await scene.underWay();

    await scene.faults.reset();
    await scene.server.journal.waitFor({ kind: 'stream-closed', byClient: true });

    await expect(answer).rejects.toMatchObject({ outcome: 'unknown' });
  });

  it('keeps what is open while it refuses', async () => {
    await using scene = await rehearse('sse');
    const { answer } = await scene.underWay();

    await scene.faults.refuse();
    await scene.server.control({ do: 'release' });

    await expect(answer).resolves.toBe('released');
    await scene.faults.accept();
  });

  it('spoils the next reply when no stream is open', async () => {
    await using scene = await rehearse('streamable_http', {}, { replies: 'json', getStream: false });

    await expect(scene.faults.corrupt()).resolves.toBe(0);

    await expect(scene.stand.text('echo', { text: 'x' })).rejects.toMatchObject({ outcome: 'unknown' });
    await expect(scene.stand.text('echo', { text: 'y' })).resolves.toBe('y');
  });
});

describe('the reader of endpoint events', () => {
  const stream = ': hi\n\nevent: endpoint\ndata: http://real:1/m?é=1\n\nevent: message\ndata: http://real:1/\n\n';
  const renamed = ': hi\n\nevent: endpoint\ndata: http://here:2/m?%C3%A9=1\n\nevent: message\ndata: http://real:1/\n\n';

  it.each([1, 2, 7, 1_000])('renames the first one only, in chunks of %i bytes', (size) => {
    const rewriter = new EndpointRewriter('http://real:1', 'http://here:2');
    const bytes = Buffer.from(stream.replace('é', '%C3%A9'));
    const chunks: Buffer[] = [];
    for (let from = 0; from < bytes.length; from += size)
      chunks.push(rewriter.rewrite(bytes.subarray(from, from + size)));

    expect(Buffer.concat(chunks).toString()).toBe(renamed);
  });

  it('leaves a stream without one as it is, however long', () => {
    const rewriter = new EndpointRewriter('http://real:1', 'http://here:2');
    const bytes = Buffer.from('data: é\n'.repeat(20_000));

    expect(rewriter.rewrite(bytes).equals(bytes)).toBe(true);
  });
});

async function plainServer(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const server = createServer({ keepAlive: false }, answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
