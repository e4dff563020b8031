import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDescriptors } from '../../../../src/testing/leaks/descriptors.ts';
import { freeze, thaw } from '../../../../src/testing/processes.ts';
import { faultOf, sseSession, streamableSession } from '../../../fixtures/http/session.ts';
import { watchForLeaks } from '../../../ground/leaks.ts';

watchForLeaks();

/** Listens, says on which port, and writes down each connection and the first line of whatever it is sent. */
const LISTENER = `require('node:net').createServer((socket) => {
  console.log('accepted');
  socket.on('error', () => {}).on('data', (data) => console.log(String(data).split('\\r\\n')[0]));
}).listen({ port: 0, host: '127.0.0.1', backlog: 1 }, function () {
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

  // The last one: it lets the process go on.
  it('lets a request be taken back that is still being connected, and never sends it then', async () => {
    const heard: string[] = [];
    const said = createInterface(listener.stdout as NodeJS.ReadableStream);
    said.on('line', (line) => heard.push(line));
    const has = async (line: string, count: number): Promise<void> => {
      while (heard.filter((each) => each === line).length < count) await once(said, 'line');
    };
    await using session = await streamableSession(url).begin();
    void session.client.connect(session.transport).catch(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));

    const isRecalled = session.transport.recall?.(0);
    thaw(listener.pid as number);
    await has('accepted', fillers.length + 1);
    const [filler] = fillers;
    filler?.write('marker\r\n');
    await has('marker', 1);

    expect(isRecalled).toBe(true);
    expect(heard.filter((line) => line !== 'accepted')).toEqual(['marker']);
  });
});
