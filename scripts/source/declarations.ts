/**
 * Walks the declaration files that a consumer of the package loads. Used to hold the promise that the
 * public declarations name neither xstate nor effect.
 */

import { dirname, join, relative } from 'node:path';
import { importsOf, packageOf } from './module-imports.ts';

/** Packages whose types must not be reachable from the public declarations. */
const HIDDEN_PACKAGES: readonly string[] = ['xstate', 'effect'];

/**
 * Follow the relative imports of a `.d.ts` file and list each import of a package that must stay hidden,
 * with the way that leads to it.
 */
export function hiddenPackagesReached(entry: string): string[] {
  const reached = new Map<string, readonly string[]>([[entry, []]]);
  const leaks: string[] = [];
  // A map goes on to visit what is added while it is walked, so the shortest way to a file comes first.
  for (const [file, way] of reached) {
    const steps = [...way, relative(dirname(entry), file)];
    for (const { specifier } of importsOf(file)) {
      if (HIDDEN_PACKAGES.includes(packageOf(specifier) ?? '')) leaks.push([...steps, specifier].join(' > '));
      if (!specifier.startsWith('.')) continue;
      const target = join(dirname(file), specifier.replace(/\.[jt]s$/, '.d.ts'));
      if (!reached.has(target)) reached.set(target, steps);
    }
  }
  return leaks;
}
