/**
 * Completes the lock files, the benchmark's too, with the optional packages of platforms that a registry did not have when it was
 * written. npm leaves such packages out and then refuses `npm ci`, because a lock file does not list them.
 * Run it after a dependency was added or updated.
 */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { completeLockFile, type LockFile } from './source/lock-file.ts';
import { ROOT, readOwnFile } from './source/repository.ts';

for (const name of ['package-lock.json', 'bench/package-lock.json']) {
  const lock = JSON.parse(readOwnFile(name)) as LockFile;
  const { completed, added } = completeLockFile(lock);
  if (added.length > 0) writeFileSync(join(ROOT, name), `${JSON.stringify(completed, null, 2)}\n`);
  console.log(added.length === 0 ? `${name} lists every platform.` : `Added to ${name}: ${added.join(', ')}`);
}
