/** Keeps credentials in a directory that only its owner can read, shared by any number of processes. */

import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type Clock, systemClock } from '../../clock.ts';
import { DEFAULTS } from '../../config/defaults.ts';
import type { CredentialKey, CredentialStore, StoredCredentials } from './credential-store.ts';
import { withFileLock } from './file-lock.ts';
import { ensurePrivateDirectory, readPrivateFile, writePrivateFile } from './private-file.ts';

/** Options of a store in files. */
export interface FileCredentialStoreOptions {
  /** Where time comes from. Default: the host. */
  readonly clock?: Clock;
}

/** Made when the first file is read: most who import the library keep no credentials. */
const record = z.lazy(() => {
  const json = z.record(z.string(), z.unknown());
  const optional = z.string().optional();
  return z.object({
    url: z.string(),
    account: z.string(),
    credentials: z.object({
      issuer: z.string(),
      client: json.optional(),
      tokens: z
        .object({
          accessToken: z.string(),
          scheme: z.enum(['Bearer', 'DPoP']),
          refreshToken: optional,
          scope: optional,
          requestedScope: optional,
          expiresAtMs: z.number().optional(),
        })
        .optional(),
      pending: z
        .object({
          url: z.string(),
          state: z.string(),
          codeVerifier: z.string(),
          redirectUrl: z.string(),
          scope: optional,
          client: json.optional(),
          resourceMetadataUrl: optional,
        })
        .optional(),
      proofKey: json.optional(),
    }),
  });
});

/**
 * Keeps each server's credentials in one file of mode 0600 in `directory`, which is made with mode 0700.
 *
 * A file is replaced whole, so a crash loses the last change at most. A lock beside it makes sure that only one process
 * at a time uses a refresh token; a process that dies while it holds the lock is recognised, on one host at once and
 * otherwise after two minutes.
 *
 * **Errors** rejects when the directory or a file could be read by others or is owned by another user (`NOT_PRIVATE`), and
 * with what the file system says. A file that holds no credentials counts as none.
 */
export class FileCredentialStore implements CredentialStore {
  readonly #directory: string;
  readonly #clock: Clock;

  constructor(directory: string, { clock = systemClock }: FileCredentialStoreOptions = {}) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async read(key: CredentialKey): Promise<StoredCredentials | undefined> {
    await ensurePrivateDirectory(this.#directory);
    const text = await readPrivateFile(this.#pathOf(key));
    return text === undefined ? undefined : parse(text, key);
  }

  async write(key: CredentialKey, credentials: StoredCredentials): Promise<void> {
    await ensurePrivateDirectory(this.#directory);
    await writePrivateFile(this.#pathOf(key), `${JSON.stringify({ ...key, credentials })}\n`);
  }

  async delete(key: CredentialKey): Promise<void> {
    await rm(this.#pathOf(key), { force: true });
  }

  async exclusively<T>(key: CredentialKey, action: () => Promise<T>): Promise<T> {
    await ensurePrivateDirectory(this.#directory);
    const options = { clock: this.#clock, timeoutMs: DEFAULTS.authorizationTimeoutMs };
    return await withFileLock(`${this.#pathOf(key)}.lock`, options, action);
  }

  /** A URL may hold what no file name can, and a secret in its path. */
  #pathOf({ url, account }: CredentialKey): string {
    const name = createHash('sha256')
      .update(JSON.stringify([url, account]))
      .digest('hex');
    return join(this.#directory, `${name}.json`);
  }
}

function parse(text: string, key: CredentialKey): StoredCredentials | undefined {
  try {
    const { url, account, credentials } = record.parse(JSON.parse(text));
    return url === key.url && account === key.account ? (credentials as StoredCredentials) : undefined;
  } catch {
    return undefined;
  }
}
