/** Puts a bound on waiting for something that may never end, such as an answer of a file system. */

import type { Clock } from '../../clock.ts';

/** Resolve when the work is done or the time has passed, whichever is first. The work must not reject, and goes on. */
export async function within(work: Promise<void>, limitMs: number, clock: Clock): Promise<void> {
  let timer: ReturnType<Clock['setTimeout']> | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = clock.setTimeout(resolve, limitMs);
  });
  await Promise.race([work, passed]);
  if (timer !== undefined) clock.clearTimeout(timer);
}
