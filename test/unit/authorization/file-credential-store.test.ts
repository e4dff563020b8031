import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type CredentialKey, FileCredentialStore, type StoredCredentials } from '../../../src/index.ts';
import { privateDirectory } from '../../fixtures/authorization/private-directory.ts';

const KEY: CredentialKey = { url: 'https://wiki.example/mcp', account: '' };
const CREDENTIALS: StoredCredentials = {
  issuer: 'https://auth.example',
  client: { client_id: 'x', redirect_uris: ['http://127.0.0.1:9/callback'] },
  tokens: { accessToken: 'a', scheme: 'Bearer', refreshToken: 'r', scope: 'read', expiresAtMs: 1 },
  pending: {
    url: 'https://auth.example/auth',
    state: 's',
    codeVerifier: 'v',
    redirectUrl: 'http://127.0.0.1:9/callback',
  },
  proofKey: { kty: 'EC' },
};

function onlyFile(directory: string): string {
  const [name = '', ...others] = readdirSync(directory);
  expect(others).toEqual([]);
  return join(directory, name);
}

describe('FileCredentialStore', () => {
  it('gives back what was written, to another store of the same directory too, and under no other key', async () => {
    using directory = privateDirectory();
    await new FileCredentialStore(directory.path).write(KEY, CREDENTIALS);
    const store = new FileCredentialStore(directory.path);

    expect(await store.read(KEY)).toEqual(CREDENTIALS);
    expect(await store.read({ ...KEY, account: 'other' })).toBeUndefined();
    await store.delete(KEY);
    expect(await store.read(KEY)).toBeUndefined();
    await store.delete(KEY);
  });

  it('keeps it in one file of mode 0600, in a directory of mode 0700 that it makes, and leaves nothing beside it', async () => {
    using directory = privateDirectory();
    const inner = join(directory.path, 'a', 'b');

    const store = new FileCredentialStore(inner);
    await Promise.all(Array.from({ length: 20 }, () => store.write(KEY, CREDENTIALS)));

    expect(statSync(inner).mode & 0o777).toBe(0o700);
    const file = onlyFile(inner);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ ...KEY, credentials: CREDENTIALS });
  });

  it('leaves no copy of a secret behind when the file cannot be replaced', async () => {
    using directory = privateDirectory();
    const store = new FileCredentialStore(directory.path);
    await store.write(KEY, CREDENTIALS);
    const file = onlyFile(directory.path);
    rmSync(file);
    mkdirSync(file);

    await expect(store.write(KEY, CREDENTIALS)).rejects.toMatchObject({ syscall: 'rename' });
    expect(onlyFile(directory.path)).toBe(file);
  });

  it('refuses a file that others may read', async () => {
    using directory = privateDirectory();
    const store = new FileCredentialStore(directory.path);
    await store.write(KEY, CREDENTIALS);
    chmodSync(onlyFile(directory.path), 0o640);

    await expect(store.read(KEY)).rejects.toMatchObject({ code: 'NOT_PRIVATE' });
  });

  it('refuses a directory that others may read, and writes nothing there', async () => {
    using directory = privateDirectory();
    chmodSync(directory.path, 0o755);

    await expect(new FileCredentialStore(directory.path).write(KEY, CREDENTIALS)).rejects.toMatchObject({
      code: 'NOT_PRIVATE',
    });
    expect(readdirSync(directory.path)).toEqual([]);
  });

  it('follows no link', async () => {
    using directory = privateDirectory();
    const store = new FileCredentialStore(directory.path);
    await store.write(KEY, CREDENTIALS);
    const file = onlyFile(directory.path);
    const inner = join(directory.path, 'inner');
    mkdirSync(inner, { mode: 0o700 });
    symlinkSync(file, join(inner, file.slice(directory.path.length + 1)));

    await expect(new FileCredentialStore(inner).read(KEY)).rejects.toMatchObject({ code: 'ELOOP' });
  });

  it.each(['', '{', 'null', '{"url":"https://wiki.example/mcp","account":"","credentials":{"issuer":5}}'])(
    'takes a file that holds %j for none',
    async (text) => {
      using directory = privateDirectory();
      const store = new FileCredentialStore(directory.path);
      await store.write(KEY, CREDENTIALS);
      writeFileSync(onlyFile(directory.path), text);

      expect(await store.read(KEY)).toBeUndefined();
    },
  );
});
