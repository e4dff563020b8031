import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { expect, it } from 'vitest';
import { faultTransport } from '../../../src/testing/fault-transport/fault-transport.ts';
import { waitGone } from '../../../src/testing/processes.ts';
import { scriptedStdio } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';
import { startRaw } from '../../ground/raw-process.ts';

watchForLeaks();

it('a relay whose layer is gone kills its process, whatever that ignores, and ends', async () => {
  const { command, args } = scriptedStdio({ ignoreStdinEnd: true, ignoreSigterm: true }).config;
  await using faults = await faultTransport({ name: 'x', transport: 'stdio', command, args });
  const [program = ''] = faults.config.args ?? [];
  const sockets: Socket[] = [];
  const layer = createServer((socket) => sockets.push(socket));
  layer.listen(0, '127.0.0.1');
  await once(layer, 'listening');
  const relay = startRaw({ command, args: [program, String((layer.address() as AddressInfo).port), 'token'] });
  const [control] = await once(layer, 'connection');
  const lines = createInterface({ input: control })[Symbol.asyncIterator]();
  expect(JSON.parse((await lines.next()).value)).toEqual({ token: 'token', role: 'control', relayPid: relay.pid });
  control.write(`${JSON.stringify({ command, args })}\n`);
  const { pid } = JSON.parse((await lines.next()).value) as { pid: number };

  control.destroy();

  const [exitCode] = await once(relay, 'exit');
  await waitGone(pid);
  expect(exitCode).toBe(70);
  for (const socket of sockets) socket.destroy();
  layer.close();
});

it('a relay that does not know the token is turned away', async () => {
  await using faults = await faultTransport({ name: 'x', transport: 'stdio', command: process.execPath });
  const [program = '', port = ''] = faults.config.args ?? [];
  const relay = startRaw({ command: process.execPath, args: [program, port, 'a guess'] });

  const [exitCode] = await once(relay, 'exit');

  expect(exitCode).toBe(70);
  expect(faults.report().lineCount).toBe(0);
});

it('a relay that comes when its layer was closed ends at once', async () => {
  const faults = await faultTransport({ name: 'x', transport: 'stdio', command: process.execPath });
  await faults.close();
  const relay = startRaw({ command: process.execPath, args: [...(faults.config.args ?? [])] });

  expect((await once(relay, 'exit'))[0]).toBe(70);
});
