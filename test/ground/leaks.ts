/** Fails a test file that leaves something behind. */

import { afterAll, beforeAll } from 'vitest';
import { watchLeaks } from '../../src/testing/leaks/leak-watch.ts';
import { removeScratch } from '../../src/testing/scratch.ts';

/**
 * Assert, after all tests of the file, that nothing is left that was not there before them. Call it once, at the top
 * of the test file.
 *
 * **Errors** fails the file, naming each thing that is left.
 */
export function watchForLeaks(): void {
  const leaks = watchLeaks();
  // What vitest holds only while it loads the file would hide a leak of the same kind.
  beforeAll(() => leaks.settle());
  // Hooks of this kind run in reverse, so this one sees what the file's own hooks left.
  afterAll(async () => {
    try {
      await leaks.assertNone();
    } finally {
      // After the look: a scripted server that is left may end when its files go.
      removeScratch();
    }
  });
}
