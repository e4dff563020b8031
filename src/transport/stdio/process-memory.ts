/** How much memory a group of processes holds, read from `/proc`. Elsewhere than on Linux it is not known. */

import { readFileSync } from 'node:fs';
import { listPids, readStatus } from './process-identity.ts';

/**
 * Add up the resident memory of all processes of a group; nothing where it cannot be read. Never throws.
 *
 * **Units** bytes. Pages that several of them share are counted for each. **Source** proc(5), `VmRSS`.
 */
export function residentBytes(group: number): number | undefined {
  const found = listPids()
    .filter((pid) => readStatus(pid)?.group === group)
    .flatMap((pid) => bytesOf(pid) ?? []);
  return found.length === 0 ? undefined : found.reduce((sum, bytes) => sum + bytes, 0);
}

function bytesOf(pid: number): number | undefined {
  try {
    const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1];
    return kibibytes === undefined ? undefined : Number(kibibytes) * 1_024;
  } catch {
    return undefined;
  }
}
