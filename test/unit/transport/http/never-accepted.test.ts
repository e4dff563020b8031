import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { faultOf, sseSession, streamableSession } from '../../../fixtures/http/session.ts';
import { openDescriptors } from '../../../ground/descriptors.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';
import { freeze } from '../../../ground/processes.ts';

watchForLeaks();

/** Listens, and says on which port. */
const LISTENER = `require('node:net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
  process.stdout.write(String(this.address().port));
})`;

// A frozen process accepts nothing, and once its backlog is full the system answers no further connection at all.
describe.runIf(process.platform === 'linux')('a port on which connecting takes for ever', () => {
  let listener: ChildProcess;
  let fillers: Socket[] = [];
  let url = '';
  let port = 0;

  beforeAll(async () => {
    listener = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(listener.stdout as NodeJS.ReadableStream, 'data')) as [Buffer];
    port = Number(chunk.toString());
    url = `http://127.0.0.1:${port}/mcp`;
    await freeze(listener.pid as number);
    fillers = Array.from({ length: 2 }, () => connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.all(fillers.map((filler) => once(filler, 'connect')));
  });

  afterAll(async () => {
    for (const filler of fillers) filler.destroy();
    listener.kill('SIGKILL');
    await once(listener, 'exit');
  });

  it('fails a request as not sent after connectTimeoutMs', async () => {
    await using session = await streamableSession(url, { connectTimeoutMs: 300 }).begin();

    const failure = await faultOf(session.client.connect(session.transport));

    expect(failure).toMatchObject({
      fault: { kind: 'unreachable', errno: 'UND_ERR_CONNECT_TIMEOUT' },
      outcome: 'not-sent',
    });
  });

  it.each([
    ['Streamable HTTP', () => streamableSession(url)],
    ['HTTP+SSE', () => sseSession(url)],
  ])('leaves no socket that is still being connected after release of %s', async (_, construct) => {
    const session = await construct().begin();
    const before = openDescriptors().length;
    const connecting = session.client.connect(session.transport).catch(() => 'ended');
    await new Promise((resolve) => setImmediate(resolve));
    expect(openDescriptors().length).toBe(before + 1);

    await session.carrier.release();

    expect(openDescriptors().length).toBe(before);
    expect(await connecting).toBe('ended');
  });
});
