import type { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { describe, expect, it } from 'vitest';
import { startScripted } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { connectRaw, createRaw } from '../../ground/raw-client.ts';

watchForLeaks();

const MESSAGE_HEADERS = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

describe('a scripted server over Streamable HTTP', () => {
  it('logs the requests of a whole conversation, with the session that they belong to', async () => {
    await using server = await startScripted('streamable_http');
    await using raw = await connectRaw(server.config);
    const transport = raw.transport as StreamableHTTPClientTransport;
    const { sessionId } = transport;
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    await raw.callText('echo');
    await transport.terminateSession();

    expect(server.requests().toSorted()).toEqual(
      ['POST initialize', 'POST notifications/initialized', 'GET', 'POST tools/call', 'DELETE'].toSorted(),
    );
    const [hello, ...others] = server.journal.entries({ kind: 'request' }).map((entry) => entry.sessionId);
    expect(hello).toBeUndefined();
    expect(new Set(others)).toEqual(new Set([sessionId]));
    await server.journal.waitFor({ kind: 'stream-closed', verb: 'GET' });
  });

  it.each(['json', 'sse'] as const)('replies in the form it is told: %s', async (replies) => {
    await using server = await startScripted('streamable_http', { replies });
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params: {} });

    const reply = await fetch(server.url, {
      method: 'POST',
      headers: { ...MESSAGE_HEADERS, connection: 'close' },
      body,
    });

    const type = replies === 'json' ? 'application/json' : 'text/event-stream';
    expect(reply.headers.get('content-type')).toBe(type);
    expect(await reply.text()).toContain('"serverInfo"');
    await using raw = await connectRaw(server.config);
    expect(await raw.callText('echo', { text: 'hello' })).toBe('hello');
  });

  it('does without sessions if told to', async () => {
    await using server = await startScripted('streamable_http', { sessions: false });
    await using raw = await connectRaw(server.config);

    expect((raw.transport as StreamableHTTPClientTransport).sessionId).toBeUndefined();
    expect(await raw.callText('add', { a: 1, b: 2 })).toBe('3');
  });

  it('insists on a session otherwise: 400 without one, 404 with an unknown one', async () => {
    await using server = await startScripted('streamable_http');
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const headers = { ...MESSAGE_HEADERS, connection: 'close' };

    const without = await fetch(server.url, { method: 'POST', headers, body });
    const unknown = await fetch(server.url, { method: 'POST', headers: { ...headers, 'mcp-session-id': 'x' }, body });

    expect([without.status, unknown.status]).toEqual([400, 404]);
  });

  it('has no general stream if told so: 405', async () => {
    await using server = await startScripted('streamable_http', { getStream: false });
    await using raw = await connectRaw(server.config);
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    expect((await server.control({ set: {} })).streams).toBe(0);
    expect(await raw.callText('echo', { text: 'hello' })).toBe('hello');
  });

  it('loses its sessions in a restart: 404 on every call', async () => {
    await using server = await startScripted('streamable_http');
    await using raw = await connectRaw(server.config);

    await server.restart();

    await expect(raw.callText('echo')).rejects.toMatchObject({ code: 404 });
    expect(server.journal.executions('tools/call')).toBe(0);
  });

  it.each([
    ['sse', 'cut'],
    ['sse', 'reset'],
    ['json', 'cut'],
    ['json', 'reset'],
  ] as const)('ends a reply of the form %s without the reply: %s', async (replies, how) => {
    await using server = await startScripted('streamable_http', {
      replies,
      faults: [{ on: 'tools/call', do: how, times: 1 }],
    });
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('echo', {}, 300)).rejects.toThrow();
    await server.journal.waitFor({ kind: 'message', name: 'echo' });

    expect(server.journal.executions('tools/call')).toBe(0);
    expect(await raw.callText('echo', { text: 'next' })).toBe('next');
  });

  it('carries half a reply and a reply under another id', async () => {
    await using server = await startScripted('streamable_http', {
      faults: [
        { on: 'tools/call:add', do: 'half' },
        { on: 'tools/call:echo', do: 'wrong-id' },
        { on: 'tools/call:pid', do: 'raw', text: 'data: not json\n\n' },
      ],
    });
    await using raw = await connectRaw(server.config);

    await expect(raw.callText('add', { a: 1, b: 1 }, 200)).rejects.toMatchObject({ code: -32001 });
    await expect(raw.callText('echo', {}, 200)).rejects.toMatchObject({ code: -32001 });
    expect(Number(await raw.callText('pid'))).toBe(server.pid);

    expect(await raw.firstComplaint).toBeDefined();
    await server.journal.waitFor({ kind: 'executed', name: 'echo' });
  });

  it('lets a primed stream be resumed after a cut, and the call is answered', async () => {
    await using server = await startScripted('streamable_http', {
      primed: true,
      retryMs: 10,
      faults: [{ on: 'tools/call', do: 'cut-and-go-on' }],
    });
    await using raw = await connectRaw(server.config);

    expect(await raw.callText('echo', { text: 'resumed' })).toBe('resumed');

    const resumption = await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 2);
    expect(resumption.lastEventId).toMatch(/^\d+_0$/);
    expect(server.journal.executions('tools/call')).toBe(1);
  });

  it('never answers the POST of notifications/initialized', async () => {
    await using server = await startScripted('streamable_http', {
      faults: [{ on: 'notifications/initialized', do: 'hang-headers' }],
    });
    await using raw = createRaw(server.config);

    const connecting = expect(raw.client.connect(raw.transport)).rejects.toThrow();
    await server.journal.waitFor({ kind: 'request', method: 'notifications/initialized' });
    await raw.client.close();
    await connecting;
  });

  it.each([
    ['hang-headers', { on: 'DELETE', do: 'hang-headers' }],
    ['405', { on: 'DELETE', do: 'status', status: 405 }],
  ] as const)('answers a DELETE with: %s', async (title, fault) => {
    await using server = await startScripted('streamable_http', { faults: [fault] });
    await using raw = await connectRaw(server.config);

    const leaving = (raw.transport as StreamableHTTPClientTransport).terminateSession();
    const left = title === '405' ? expect(leaving).resolves.toBeUndefined() : expect(leaving).rejects.toThrow();
    await server.journal.waitFor({ kind: 'request', verb: 'DELETE' });
    if (title !== '405') await raw.transport.close();
    await left;

    expect((await server.control({ set: {} })).conversations).toBe(1);
  });

  it('cuts the general stream, which the SDK opens again', async () => {
    await using server = await startScripted('streamable_http');
    await using raw = await connectRaw(server.config);
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });

    await server.control({
      do: 'raw',
      text: 'retry: 10\nid: 7\ndata: {"jsonrpc":"2.0","method":"notifications/x"}\n\n',
    });
    await server.control({ do: 'cut' });
    const again = await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 2);

    expect(again.lastEventId).toBe('7');
    expect(await raw.callText('echo', { text: 'alive' })).toBe('alive');
  });

  it('closes the general stream at once again and again, which makes the SDK storm', async () => {
    await using server = await startScripted('streamable_http', {
      faults: [{ on: 'GET', do: 'retry-and-close', retryMs: 0 }],
    });
    await using raw = await connectRaw(server.config);

    await server.journal.waitFor({ kind: 'request', verb: 'GET' }, 10);

    expect(await raw.callText('echo', { text: 'alive' })).toBe('alive');
  });

  it('shows whether a cancelled call freed its socket', async () => {
    await using server = await startScripted('streamable_http');
    await using raw = await connectRaw(server.config);
    await server.journal.waitFor({ kind: 'request', verb: 'GET' });
    const abort = new AbortController();
    const call = raw.client.callTool({ name: 'wait', arguments: {} }, undefined, { signal: abort.signal });
    const rejected = expect(call).rejects.toThrow();
    await server.journal.waitFor({ kind: 'executed', name: 'wait' });

    abort.abort();
    await rejected;
    await server.journal.waitFor({ kind: 'cancelled' });
    const held = await server.control({ set: {} });
    await raw.client.close();
    await server.journal.waitFor({ kind: 'stream-closed', byClient: true }, 2);

    // The SDK keeps the POST open; a client that frees it leaves the general stream alone.
    expect(held.streams).toBe(2);
  });
});
