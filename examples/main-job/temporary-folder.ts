/** Makes a folder for the time of one example. */

import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that is removed when it is disposed. */
export interface TemporaryFolder extends AsyncDisposable {
  readonly path: string;
  /** The path of a file in it. */
  file(name: string): string;
}

/** Make one that holds these files. */
export async function temporaryFolder(files: Readonly<Record<string, string>>): Promise<TemporaryFolder> {
  // Some systems reach their folder for temporary files through a link, which a server may refuse to follow.
  const path = await realpath(await mkdtemp(join(tmpdir(), 'mcp-supervisor-')));
  const file = (name: string) => join(path, name);
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(file(name), text)));
  return { path, file, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}
