/** One temporary directory per process for journals and files of effects; it goes with the last of them. */

import { mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let directory: string | undefined;
let count = 0;

/** Name a file that does not exist yet, in the scratch directory of this process. */
export function scratchFile(name: string): string {
  directory ??= mkdtempSync(join(tmpdir(), 'mcp-supervisor-test-'));
  count += 1;
  return join(directory, `${count}-${name}`);
}

/** Remove the scratch directory with all it holds. */
export function removeScratch(): void {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  directory = undefined;
}

/** Remove one file, and the directory when it was the last one. */
export function discardScratch(file: string): void {
  rmSync(file, { force: true });
  try {
    if (directory !== undefined) rmdirSync(directory);
    directory = undefined;
  } catch {
    // Others are in use.
  }
}
