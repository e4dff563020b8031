import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../fixtures/http/manual-clock.ts';
import { faultOf, sseSession, streamableSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';
import { startEverything } from '../../../ground/real-servers.ts';

watchForLeaks();

const echo = { name: 'echo', arguments: { message: 'hello' } };

describe('server-everything', () => {
  it('is found to have lost the session after a restart (it answers 400, not 404), and a new session works', async () => {
    await using server = await startEverything('streamable_http');
    // Time stands still, so the call finds out, and not the stream that is opened again after a second.
    await using session = await streamableSession(server.url, {}, { clock: new ManualClock() }).connect();
    expect(await session.client.callTool(echo)).toMatchObject({ content: [{ text: 'Echo: hello' }] });
    await server.restart();

    const failure = await faultOf(session.client.callTool(echo));

    expect(failure).toMatchObject({ fault: { kind: 'session-lost', status: 400 }, outcome: 'refused' });
    expect(await session.fault()).toMatchObject({ kind: 'session-lost' });
    await using next = await streamableSession(server.url).connect();
    expect(await next.client.callTool(echo)).toMatchObject({ content: [{ text: 'Echo: hello' }] });
    await next.transport.farewell();
  });

  it('is found to be gone over HTTP+SSE the moment it is killed', async () => {
    await using server = await startEverything('sse');
    await using session = await sseSession(server.url).connect();
    expect(await session.client.callTool(echo)).toMatchObject({ content: [{ text: 'Echo: hello' }] });

    server.kill('SIGKILL');

    expect(await session.fault()).toEqual({ kind: 'stream-ended' });
  });
});
