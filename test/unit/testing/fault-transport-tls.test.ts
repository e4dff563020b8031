import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startScripted } from '../../../src/testing/scripted.ts';
import { watchForLeaks } from '../../ground/leaks.ts';

watchForLeaks();

const CALLER = fileURLToPath(new URL('../../fixtures/tls/caller.ts', import.meta.url));
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.runIf(hasOpenssl)('a fault transport in front of an https URL', () => {
  it('reaches a server that the process trusts', async () => {
    await using server = await startScripted('streamable_http');
    await using secure = await endTls(server.port);

    const env = { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: secure.certificate };
    const args = ['--import', 'tsx', CALLER, `https://localhost:${secure.port}/mcp`];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env });

    expect(JSON.parse(stdout)).toEqual([{ type: 'text', text: '5' }]);
    expect(server.journal.entries({ kind: 'request' })[0]?.headers?.['host']).toBe(`localhost:${secure.port}`);
  });

  it('reaches none that it does not trust', async () => {
    await using server = await startScripted('streamable_http');
    await using secure = await endTls(server.port);

    const args = ['--import', 'tsx', CALLER, `https://localhost:${secure.port}/mcp`];
    const call = promisify(execFile)(process.execPath, args, { env: { PATH: process.env['PATH'] } });

    await expect(call).rejects.toMatchObject({ code: 1 });
    expect(server.requests()).toEqual([]);
  });
});

/** Listen for TLS with a certificate of today, and pass what comes on to a port. */
async function endTls(target: number) {
  const folder = mkdtempSync(join(tmpdir(), 'fault-transport-tls-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  const names = ['-addext', 'subjectAltName=DNS:localhost', '-keyout', key, '-out', certificate];
  const made = spawnSync('openssl', [...request, ...names]);
  if (made.status !== 0) throw new Error(String(made.stderr));
  const sockets = new Set<TLSSocket>();
  const server = createServer({ key: readFileSync(key), cert: readFileSync(certificate) }, (socket) => {
    sockets.add(socket);
    const onward = connect(target, '127.0.0.1');
    for (const each of [socket, onward]) each.on('error', () => {});
    socket.on('close', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  server.on('tlsClientError', () => {});
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    certificate,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}
