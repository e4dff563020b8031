/** The check that nothing is left behind, for any test framework or none. */

import { findLeaks, lesser, takeStock } from './stock.ts';

/** Compares what there is with what there was. */
export interface LeakWatch {
  /**
   * Name each thing that is there now and was not there before; resolves at once when there is none.
   *
   * **Units** `graceMs` in milliseconds: how long things may take to finish closing. Default 3 000.
   * **Errors** never rejects.
   */
  find(graceMs?: number): Promise<string[]>;
  /** Reject with an error that names what `find` finds. */
  assertNone(graceMs?: number): Promise<void>;
  /** Forget what was there before and is gone by now, so that it cannot hide a leak of the same kind. */
  settle(): void;
}

/**
 * Take stock of this process: its sockets and pipes, handles, timers (those that do not keep it alive too), listeners on
 * `process`, and every process that it started, with all of their groups. What was there before is not counted, so call
 * it when your test framework has begun, in a hook that runs before the tests.
 *
 * Timers are seen from the first call on, because `setTimeout` and `setInterval` are wrapped then, and only when code
 * outside of `node_modules`, or this package, set them. Processes and sockets are read from `/proc`, so beyond Linux
 * only handles, timers and listeners are seen.
 */
export function watchLeaks(): LeakWatch {
  let before = takeStock();
  const find = (graceMs?: number): Promise<string[]> => findLeaks(before, graceMs);
  return {
    find,
    assertNone: async (graceMs) => {
      const leaks = await find(graceMs);
      if (leaks.length > 0) throw new Error(`left behind:\n${leaks.map((leak) => `  ${leak}`).join('\n')}`);
    },
    settle: () => {
      before = lesser(before, takeStock());
    },
  };
}
