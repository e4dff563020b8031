import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Dispatcher } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { OriginClients } from '../../../../src/transport/http/origin-clients.ts';

const GET = { path: '/', method: 'GET' } as const;

/** A server that answers when it is told to, and the clients of its origin. */
async function begin() {
  const sockets: Socket[] = [];
  const asked: ServerResponse[] = [];
  const server = createServer((_request, response) => {
    asked.push(response);
    server.emit('asked');
  });
  server.on('connection', (socket: Socket) => sockets.push(socket));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const clients = new OriginClients(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {});
  ended.push(async () => {
    clients.destroy();
    server.closeAllConnections();
    await once(server.close(), 'close');
  });
  /** Begin one exchange, and resolve with how to end it once the server has it. */
  const ask = async (request: object = GET) => {
    const arrived = once(server, 'asked');
    const over = exchange(clients, request as Dispatcher.DispatchOptions);
    await arrived;
    const response = asked.at(-1);
    return async () => {
      response?.end();
      await over;
    };
  };
  return { clients, sockets, ask };
}

function exchange(clients: OriginClients, request: Dispatcher.DispatchOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    clients.dispatch(request, {
      onRequestStart: () => {},
      onResponseEnd: () => resolve(),
      onResponseError: (_controller, error) => reject(error),
    });
  });
}

/** undici lets a socket rest for one turn before it is used again. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

describe('the clients of one origin', () => {
  it('use one socket for exchanges that follow each other', async () => {
    const { sockets, ask } = await begin();
    for (let count = 0; count < 3; count += 1) {
      await (await ask())();
      await turn();
    }

    expect(sockets).toHaveLength(1);
  });

  it('give each exchange under way a socket of its own, and use them again', async () => {
    const { sockets, ask } = await begin();
    const first = [await ask(), await ask(), await ask()];
    expect(sockets).toHaveLength(3);
    for (const end of first) await end();
    await turn();

    for (const end of [await ask(), await ask(), await ask()]) await end();

    expect(sockets).toHaveLength(3);
  });

  it('never give an exchange to a client whose answer has not ended', async () => {
    const { sockets, ask } = await begin();
    const endless = await ask();
    for (let count = 0; count < 3; count += 1) {
      await (await ask())();
      await turn();
    }

    expect(sockets).toHaveLength(2);
    await endless();
  });

  it('open another socket when the server has closed the one that was free', async () => {
    const { sockets, ask } = await begin();
    await (await ask())();
    await turn();
    const [socket] = sockets;
    socket?.end();
    if (socket !== undefined) await once(socket, 'close');

    await (await ask())();

    expect(sockets).toHaveLength(2);
  });

  it('keep the client of an exchange that could not be begun', async () => {
    const { clients, sockets, ask } = await begin();
    await (await ask())();
    await turn();
    await expect(exchange(clients, { ...GET, headers: { 'a b': 'no name' } })).rejects.toThrow('invalid header');

    await (await ask())();

    expect(sockets).toHaveLength(1);
  });

  it('fail what is under way when they are destroyed', async () => {
    const { clients, ask } = await begin();
    const end = await ask();
    const failed = expect(end()).rejects.toThrow('released');
    clients.destroy();

    await failed;
  });
});
