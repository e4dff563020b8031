import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { alive, waitGone } from '../../../src/testing/processes.ts';
import { scratchFile } from '../../../src/testing/scratch.ts';
import { startScripted } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw } from '../../ground/raw-client.ts';

watchForLeaks();

/** The SDK gives the status as a code over Streamable HTTP, and in the text only over HTTP+SSE. */
function saysStatus(error: Error & { code?: number }, status: number): boolean {
  return error.code === status || error.message.includes(`HTTP ${status}`);
}

// What both HTTP transports of the scripted server do alike; each has a file for what it does alone.
describe.each(['sse', 'streamable_http'] as const)('a scripted server over %s', (transport) => {
  it('speaks the protocol with the SDK client', async () => {
    await using server = await startScripted(transport, { name: 'wiki' });
    await using raw = await connectRaw(server.config);
    const progress: number[] = [];

    await raw.client.callTool({ name: 'progress', arguments: { steps: 3, ms: 20 } }, undefined, {
      onprogress: (event) => progress.push(event.progress),
    });

    expect(raw.client.getServerVersion()?.name).toBe('wiki');
    expect(await raw.callText('echo', { text: 'hello' })).toBe('hello');
    expect(Number(await raw.callText('pid'))).toBe(server.pid);
    // The SDK drops progress that arrives together with the reply.
    expect(progress.slice(0, 1)).toEqual([1]);
    expect(server.journal.executions('tools/call', 'echo')).toBe(1);
  });

  it('tells who is connected, and pushes what it is told to', async () => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });
    const pushed = new Promise<string>((resolve) => {
      raw.client.fallbackNotificationHandler = async ({ method }) => resolve(method);
    });

    const state = await server.control({ do: 'grow-tools' });

    expect(state).toEqual({ pid: server.pid, conversations: 1, streams: 1 });
    expect(await pushed).toBe('notifications/tools/list_changed');
    expect((await raw.client.listTools()).tools.at(-1)?.name).toBe('grown-1');
  });

  it('notices a cancelled call', async () => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);
    const abort = new AbortController();
    const call = raw.client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: abort.signal });
    const rejected = expect(call).rejects.toThrow();
    const executed = await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    abort.abort();
    await rejected;

    expect((await server.journal.waitFor({ kind: 'cancelled' })).id).toBe(executed.id);
  });

  it('takes a change of behaviour while it runs', async () => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);

    await server.control({ set: { faults: [{ on: 'tools/call', do: 'error', code: -32050, times: 1 }] } });

    await expect(raw.callText('echo')).rejects.toMatchObject({ code: -32050 });
    expect(await raw.callText('echo', { text: 'again' })).toBe('again');
  });

  it('comes back on the same port with nothing remembered, and another behaviour if told so', async () => {
    await using server = await startScripted(transport, { name: 'first' });
    const { pid } = server;
    await using before = await connectRaw(server.config);
    await before.callText('grow-tools');
    await before[Symbol.asyncDispose]();

    server.behaviour = { name: 'second' };
    await server.restart();
    await using after = await connectRaw(server.config);

    expect(alive(pid)).toBe(false);
    expect(after.client.getServerVersion()?.name).toBe('second');
    expect((await after.client.listTools()).tools.map((tool) => tool.name)).not.toContain('grown-1');
    expect(server.journal.entries({ kind: 'started' }).map((entry) => entry.life)).toEqual([1, 2]);
  });

  it('wants a token if told to, and says so with WWW-Authenticate', async () => {
    await using server = await startScripted(transport, { token: 'letmein' });
    const method = transport === 'sse' ? 'GET' : 'DELETE';

    const refused = await fetch(server.url, { method, headers: { connection: 'close' } });

    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer realm="scripted"');
    await expect(connectRaw(server.config)).rejects.toMatchObject({ code: 401 });
    expect(server.journal.executions('initialize')).toBe(0);
  });

  it.each([
    [429, { 'retry-after': '2' }],
    [503, { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }],
    [500, {}],
  ])('answers a call with %i and executes nothing', async (status, headers) => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);

    await server.control({ set: { faults: [{ on: 'tools/call', do: 'status', status, headers, times: 1 }] } });

    await expect(raw.callText('echo')).rejects.toSatisfy((error) => saysStatus(error, status));
    expect(server.journal.executions('tools/call')).toBe(0);
    expect(await raw.callText('echo', { text: 'next' })).toBe('next');
  });

  it('sends the headers that go with a status', async () => {
    await using server = await startScripted(transport, {
      faults: [{ on: 'request', do: 'status', status: 503, headers: { 'retry-after': '7' }, body: { why: 'busy' } }],
    });

    const reply = await fetch(server.url, { headers: { connection: 'close' } });

    expect(reply.headers.get('retry-after')).toBe('7');
    expect(await reply.json()).toEqual({ why: 'busy' });
  });

  it('forgets its sessions: 404, and nothing executed', async () => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);

    await server.control({ do: 'forget-sessions' });

    await expect(raw.callText('echo')).rejects.toSatisfy((error) => saysStatus(error, 404));
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  it('never sends headers, or never a body', async () => {
    await using server = await startScripted(transport, {
      faults: [
        { on: 'request', do: 'hang-headers', times: 1 },
        { on: 'request', do: 'hang-body', contentType: 'application/json', times: 1 },
      ],
    });
    const abort = new AbortController();

    const silent = expect(fetch(server.url, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await server.journal.waitFor({ kind: 'request' });
    const started = await fetch(server.url, { signal: abort.signal });
    const body = expect(started.text()).rejects.toMatchObject({ name: 'AbortError' });
    abort.abort();
    await Promise.all([silent, body]);
    await server.journal.waitFor({ kind: 'dropped' }, 2);

    expect(started.headers.get('content-type')).toBe('application/json');
  });

  it('redirects within its origin and to another one', async () => {
    await using server = await startScripted(transport, {
      faults: [
        { on: 'request', do: 'redirect', to: 'same', times: 1 },
        { on: 'request', do: 'redirect', to: 'foreign', status: 302, times: 1 },
        { on: 'request', do: 'redirect', to: 'http://198.51.100.1/', status: 308, times: 1 },
      ],
    });
    const options = { redirect: 'manual', headers: { connection: 'close' } } as const;

    const replies = [
      await fetch(server.url, options),
      await fetch(server.url, options),
      await fetch(server.url, options),
    ];

    expect(replies.map((reply) => [reply.status, reply.headers.get('location')])).toEqual([
      [307, `${server.url}?redirected=1`],
      [302, `${server.url.replace('127.0.0.1', 'localhost')}?redirected=1`],
      [308, 'http://198.51.100.1/'],
    ]);
  });

  it('destroys the socket before anything is sent', async () => {
    await using server = await startScripted(transport, { faults: [{ on: 'request', do: 'destroy' }] });

    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'UND_ERR_SOCKET' } });
  });

  it('answers with any text under any content type', async () => {
    await using server = await startScripted(transport, {
      faults: [{ on: 'request', do: 'body', text: '<html>', contentType: 'text/html' }],
    });

    const reply = await fetch(server.url, { headers: { connection: 'close' } });

    expect(reply.headers.get('content-type')).toBe('text/html');
    expect(await reply.text()).toBe('<html>');
    await expect(connectRaw(server.config)).rejects.toThrow(/content.type/i);
  });

  it('sends without end', async () => {
    await using server = await startScripted(transport, { faults: [{ on: 'request', do: 'endless', text: ': x\n' }] });
    const abort = new AbortController();
    const reply = await fetch(server.url, { signal: abort.signal });
    let bytes = 0;

    for await (const chunk of reply.body ?? []) {
      bytes += chunk.length;
      if (bytes > 5_000_000) break;
    }
    abort.abort();

    expect(bytes).toBeGreaterThan(5_000_000);
    await server.journal.waitFor({ kind: 'dropped' });
  });

  it.each(['cut', 'reset'])('lets the effect of commit stand when the reply is lost: %s', async (ending) => {
    await using server = await startScripted(transport);
    const file = scratchFile('effects');
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('commit', { file, ending }, 200)).rejects.toMatchObject({ code: -32001 });
    await server.journal.waitFor({ kind: 'committed' });

    expect(readFileSync(file, 'utf8')).toBe('committed\n');
    expect(server.journal.executions('tools/call', 'commit')).toBe(1);
  });

  it('dies by the tool crash, and refuses connections then', async () => {
    await using server = await startScripted(transport);
    await using raw = await connectRaw(server.config);

    const call = expect(raw.callText('crash', { code: 9 }, 300)).rejects.toThrow();
    const exit = await server.exited;
    await call;

    expect(exit).toEqual({ exitCode: 9, signal: null });
    await expect(fetch(server.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  });

  it('ends before it listens if told to, and the start says so', async () => {
    const starting = startScripted(transport, { faults: [{ on: 'start', do: 'exit', code: 5 }] });

    await expect(starting).rejects.toThrow('ended before it listened (5)');
  });

  it('does not outlive the process that started it', async () => {
    const program = `
      import { startScripted } from '${new URL('../../../src/testing/scripted.ts', import.meta.url).href}';
      const server = await startScripted('${transport}');
      console.log(server.pid);`;
    const host = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', program], {
      // Whoever is killed cannot remove its own files.
      env: { ...process.env, TMPDIR: dirname(scratchFile('host')) },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [chunk] = (await once(host.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());

    host.kill('SIGKILL');
    await waitGone(pid);

    expect(pid).toBeGreaterThan(0);
  });
});
