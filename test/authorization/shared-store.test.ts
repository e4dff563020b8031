/** Processes that share a store of credentials: one of them refreshes, and the others use what it got. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CredentialStore, FileCredentialStore, MemoryCredentialStore } from '../../src/index.ts';
import { privateDirectory } from '../fixtures/authorization/private-directory.ts';
import { INTERACTIVE, REDIRECT_URL, startStand } from '../fixtures/authorization/stand.ts';
import { watchForLeaks } from '../ground/leaks.ts';

watchForLeaks();

const PROGRAM = fileURLToPath(new URL('../fixtures/authorization/sharing-host.ts', import.meta.url));

/** A host of its own, which answers one line for each that it is told. */
function startHost(directory: string, url: string) {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, directory, url, REDIRECT_URL], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => JSON.parse((await lines.next()).value ?? 'null');
  return {
    next,
    tell: (line: string) => void child.stdin.write(`${line}\n`),
    [Symbol.asyncDispose]: async () => {
      const gone = child.exitCode === null ? once(child, 'exit') : undefined;
      child.stdin.end('end\n');
      await gone;
    },
  };
}

describe('processes that share a store', () => {
  it('need one person, and refresh an expired token exactly once when both meet it at the same moment', {
    timeout: 60_000,
  }, async () => {
    using directory = privateDirectory();
    const credentialStore = new FileCredentialStore(directory.path);
    await using stand = await startStand({ mcp: { credentialStore } });
    await stand.parked();
    await stand.authorize();
    await stand.mcp.close();
    await using one = startHost(directory.path, stand.server.url);
    await using other = startHost(directory.path, stand.server.url);
    expect([await one.next(), await other.next()]).toEqual([{ state: 'ready' }, { state: 'ready' }]);

    for (let round = 1; round <= 3; round += 1) {
      stand.authorization.forgetAccessTokens();
      one.tell('call');
      other.tell('call');
      const served = { outcome: 'served', epoch: 1 };
      expect([await one.next(), await other.next()]).toEqual([served, served]);
      // One that was used twice would have revoked everything.
      expect(stand.grants()).toEqual(['authorization_code', ...Array<string>(round).fill('refresh_token')]);
    }
  });
});

describe('a supervisor that waits for its turn at a store', () => {
  it('asks nobody for anything when its server was removed meanwhile', async () => {
    let letIn = () => {};
    const isFree = new Promise<void>((resolve) => {
      letIn = resolve;
    });
    const memory = new MemoryCredentialStore();
    let wait = () => {};
    const waits = new Promise<void>((resolve) => {
      wait = resolve;
    });
    const credentialStore: CredentialStore = {
      read: (key) => memory.read(key),
      write: (key, credentials) => memory.write(key, credentials),
      delete: (key) => memory.delete(key),
      exclusively: async (key, action) => {
        wait();
        await isFree;
        return await memory.exclusively(key, action);
      },
    };
    await using stand = await startStand({ mcp: { credentialStore } });
    const config = { name: 'wiki', transport: 'streamable_http', url: stand.server.url, auth: INTERACTIVE } as const;
    await stand.mcp.addServer(config, { waitUntil: 'added' });
    await waits;

    const gone = new Promise<void>((resolve) => void stand.mcp.on('server.removed', () => resolve()));
    const removed = stand.mcp.removeServer('wiki');
    await gone;
    await nextTurn();
    letIn();
    await removed;

    expect(stand.authorization.seen).toEqual([]);
  });
});
