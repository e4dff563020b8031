import { describe, expect, it } from 'vitest';
import { startScripted } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw, createRaw } from '../../ground/raw-client.ts';

watchForLeaks();

describe('a scripted server over HTTP+SSE', () => {
  it('logs the requests of a whole conversation', async () => {
    await using server = await startScripted('sse');
    await using raw = await connectRaw(server.config);

    await raw.callText('echo');

    expect(server.requests()).toEqual(['GET', 'POST initialize', 'POST notifications/initialized', 'POST tools/call']);
    const sessions = server.journal.entries({ kind: 'request', verb: 'POST' }).map((entry) => entry.sessionId);
    expect(new Set(sessions).size).toBe(1);
    expect(sessions[0]).toBeDefined();
  });

  it('opens the stream and names no endpoint, so that the SDK waits for ever', async () => {
    await using server = await startScripted('sse', { faults: [{ on: 'GET', do: 'hang-body' }] });
    const raw = createRaw(server.config);

    // This promise is never settled, not even by closing the client.
    void raw.client.connect(raw.transport, { timeout: 50 });
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });
    await raw.transport.close();
    await server.journal.waitFor({ kind: 'dropped' });

    expect(server.requests()).toEqual(['GET']);
  });

  it('names an endpoint of another origin', async () => {
    await using server = await startScripted('sse', { endpoint: 'foreign' });

    await expect(connectRaw(server.config)).rejects.toThrow('origin');
    expect(server.journal.executions('initialize')).toBe(0);
  });

  it.each(['cut', 'reset'] as const)('ends the stream when told to: %s', async (how) => {
    await using server = await startScripted('sse');
    await using raw = await connectRaw(server.config);
    const call = expect(raw.callText('wait', {}, 300)).rejects.toMatchObject({ code: -32001 });
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    await server.control({ do: how });
    await server.journal.waitFor({ kind: 'stream-closed' });
    await call;

    expect(await raw.firstComplaint).toContain('SSE error');
    expect((await server.control({ do: 'release' })).streams).toBe(0);
  });

  it('refuses a call on a stream that a client reopened without a handshake', async () => {
    await using server = await startScripted('sse', { faults: [{ on: 'GET', do: 'raw', text: '' }] });
    const abort = new AbortController();
    const stream = await fetch(server.url, { signal: abort.signal });
    const decoder = new TextDecoder();
    let seen = '';

    for await (const chunk of stream.body ?? []) {
      seen += decoder.decode(chunk, { stream: true });
      const endpoint = /data: (\/message\S+)\n\n$/.exec(seen)?.[1];
      if (endpoint !== undefined) {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: 'echo' } });
        await fetch(new URL(endpoint, server.url), { method: 'POST', body, headers: { connection: 'close' } });
      }
      if (seen.includes('"error"')) break;
    }
    abort.abort();

    expect(seen).toContain('-32602');
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  it('tells the client to come back at once and closes, which makes the SDK storm', async () => {
    await using server = await startScripted('sse');
    const raw = await connectRaw(server.config);

    await server.control({ set: { faults: [{ on: 'GET', do: 'retry-and-close', retryMs: 0 }] } });
    await server.control({ do: 'raw', text: 'retry: 0\n\n' });
    await server.control({ do: 'cut' });
    await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 20);
    await raw[Symbol.asyncDispose]();
  });

  it('sends keep-alives if told to, and garbage when told to', async () => {
    await using server = await startScripted('sse', { keepAliveMs: 20 });
    const abort = new AbortController();
    const stream = await fetch(server.url, { signal: abort.signal });
    const decoder = new TextDecoder();
    let seen = '';

    for await (const chunk of stream.body ?? []) {
      seen += decoder.decode(chunk, { stream: true });
      if (seen.includes(': keep-alive\n\n: keep-alive\n\n'))
        await server.control({ do: 'raw', text: 'data: {"half\n\n' });
      if (seen.includes('data: {"half')) break;
    }
    abort.abort();

    expect(seen).toMatch(/^event: endpoint\ndata: \/message/);
  });

  it('carries half a reply, a reply under another id, and a huge message', async () => {
    await using server = await startScripted('sse', {
      faults: [
        { on: 'tools/call:add', do: 'wrong-id' },
        { on: 'tools/call:echo', do: 'huge', megabytes: 2 },
        { on: 'tools/call:pid', do: 'half' },
      ],
    });
    await using raw = await connectRaw(server.config);
    let bytes = 0;
    raw.client.fallbackNotificationHandler = async ({ params }) => {
      bytes += JSON.stringify(params).length;
    };

    await expect(raw.callText('add', { a: 1, b: 1 }, 200)).rejects.toMatchObject({ code: -32001 });
    expect(await raw.callText('echo', { text: 'after' })).toBe('after');
    await expect(raw.callText('pid', {}, 200)).rejects.toMatchObject({ code: -32001 });

    expect(bytes).toBeGreaterThan(2 * 1024 * 1024);
  });
});
