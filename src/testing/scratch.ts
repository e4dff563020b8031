/**
 * One directory per test process for journals and files of effects, removed by the leak check or with `removeScratch`.
 */

import { mkdtempSync, rmSync } from 'node:fs';
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
