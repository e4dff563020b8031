import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, isFree, openBlackHole, refusedPort } from '../../../src/testing/ports.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

describe('ports', () => {
  it('never offers the same free port twice in a row', async () => {
    const ports = [await freePort(), await freePort(), await freePort()];

    expect(new Set(ports).size).toBe(3);
  });

  it('sees that a port is taken on another address of the host', async () => {
    const port = await freePort();
    const server = createServer().listen(port);
    await once(server, 'listening');

    const free = await isFree(port);
    server.close();
    await once(server, 'close');

    expect(free).toBe(false);
    expect(await isFree(port)).toBe(true);
  });

  it('refuses connections on a refused port', async () => {
    const socket = connect(await refusedPort(), '127.0.0.1');

    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];

    expect(error.code).toBe('ECONNREFUSED');
  });

  it('accepts, answers nothing and counts what is open in a black hole', async () => {
    await using hole = await openBlackHole();
    const abort = new AbortController();
    const call = expect(fetch(hole.url, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' });
    await hole.nextConnection();

    const openWhileCalling = hole.openCount;
    abort.abort();
    await hole.drained();

    expect(openWhileCalling).toBe(1);
    expect(hole.openCount).toBe(0);
    await call;
  });
});
