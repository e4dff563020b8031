import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alive } from '../../../src/testing/processes.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw } from '../../ground/raw-client.ts';
import { type EverythingServer, everythingStdio, filesystemStdio, startEverything } from '../../ground/real-servers.ts';

watchForLeaks();

describe('server-everything over stdio', () => {
  it('lists tools and answers a call', async () => {
    await using raw = await connectRaw({ transport: 'stdio', ...everythingStdio() });

    const { tools } = await raw.client.listTools();

    expect(tools.map((tool) => tool.name)).toContain('echo');
    expect(await raw.callText('echo', { message: 'hello' })).toContain('hello');
  });
});

describe('server-filesystem over stdio', () => {
  it('shows the directories it was given', async () => {
    const directory = import.meta.dirname;
    await using raw = await connectRaw({ transport: 'stdio', ...filesystemStdio(directory) });

    expect(await raw.callText('list_allowed_directories')).toContain(directory);
  });
});

describe.each(['sse', 'streamable_http'] as const)('server-everything over %s', (transport) => {
  let server: EverythingServer;
  beforeAll(async () => {
    server = await startEverything(transport);
  });
  afterAll(async () => {
    await server.stop();
  });

  it('answers a call', async () => {
    await using raw = await connectRaw(server);

    expect(await raw.callText('get-sum', { a: 2, b: 3 })).toContain('5');
  });

  it('is gone after a kill and comes back on the same port as a new process', async () => {
    const { pid, url } = server;

    server.kill('SIGKILL');
    const exit = await server.exited;
    await server.start();

    expect(exit).toEqual({ exitCode: null, signal: 'SIGKILL' });
    expect(alive(pid)).toBe(false);
    expect(server.pid).not.toBe(pid);
    expect(server.url).toBe(url);
    await using raw = await connectRaw(server);
    expect(await raw.callText('echo', { message: 'again' })).toContain('again');
  });

  it('gets an environment without secrets', async () => {
    await using raw = await connectRaw(server);

    const environment = JSON.parse(await raw.callText('get-env')) as Record<string, string>;

    expect(Object.keys(environment).toSorted()).toEqual(['PATH', 'PORT']);
  });

  it('rejects when the port is taken, although the server itself would say that it listens', async () => {
    await expect(startEverything(transport, { port: server.port })).rejects.toThrow('is taken');
  });

  it('refuses to be started twice', async () => {
    await expect(server.start()).rejects.toThrow('still runs');
  });
});

describe('server-everything over streamable_http', () => {
  it('answers an unknown session with 400 and not with 404, for every verb', async () => {
    await using server = await startEverything('streamable_http');
    const headers = { 'content-type': 'application/json', 'mcp-session-id': 'forgotten', connection: 'close' };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });

    const replies = [
      await fetch(server.url, { method: 'POST', headers, body }),
      await fetch(server.url, { method: 'GET', headers }),
      await fetch(server.url, { method: 'DELETE', headers }),
    ];
    await Promise.all(replies.map((reply) => reply.text()));

    expect(replies.map((reply) => reply.status)).toEqual([400, 400, 400]);
  });
});
