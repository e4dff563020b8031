/** Builds an earlier revision of this library, to be measured beside the present one. */

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** A revision that was built in a working tree of its own, which is removed on disposal. */
export interface BuiltRevision extends AsyncDisposable {
  /** The commit, cut short. */
  readonly revision: string;
  /** The URL of its entry. */
  readonly entry: string;
}

/** Check a revision out beside the repository and build it. **Errors** rejects when git, npm or the build fails. */
export async function buildRevision(root: string, revision: string): Promise<BuiltRevision> {
  const git = (...args: string[]) => execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  const commit = git('rev-parse', '--short', '--verify', `${revision}^{commit}`);
  const folder = mkdtempSync(join(tmpdir(), 'bench-base-'));
  const remove = async () => {
    git('worktree', 'remove', '--force', folder);
    rmSync(folder, { recursive: true, force: true });
  };
  git('worktree', 'add', '--detach', folder, commit);
  try {
    const inside = (command: string, ...args: string[]) =>
      execFileSync(command, args, { cwd: folder, stdio: 'inherit' });
    if (isSame(root, folder, 'package-lock.json'))
      symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    else inside('npm', 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error');
    inside('npx', '--no-install', 'tsx', 'scripts/build.ts');
  } catch (error) {
    await remove();
    throw error;
  }
  return { revision: commit, entry: pathToFileURL(join(folder, 'dist/index.js')).href, [Symbol.asyncDispose]: remove };
}

function isSame(one: string, other: string, file: string): boolean {
  return readFileSync(join(one, file), 'utf8') === readFileSync(join(other, file), 'utf8');
}
