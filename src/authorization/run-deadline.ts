/** One deadline for a whole run of the flow, however many requests it makes. */

import type { Clock } from '../clock.ts';
import { DEFAULTS } from '../config/defaults.ts';
import { FaultError } from '../fault.ts';
import { sleep } from '../policy/deadline.ts';

/**
 * Run something until it ends, its time is over or `closed` is aborted; in the last two cases what it began goes on, and
 * is told by its signal that nobody waits any more. Nothing is run when `closed` is aborted already.
 *
 * **Errors** those of the run; `unreachable`; the reason of `closed`.
 */
export async function withinRunDeadline(
  clock: Clock,
  closed: AbortSignal,
  run: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  // Whoever waited to run alone may have waited for long.
  closed.throwIfAborted();
  const over = new AbortController();
  const end = () => over.abort(closed.reason);
  closed.addEventListener('abort', end, { once: true });
  const passed = sleep(clock, DEFAULTS.authorizationTimeoutMs, over.signal).then(() => {
    throw new FaultError({ kind: 'unreachable', errno: 'AUTHORIZATION_TIMEOUT' }, 'refused');
  });
  try {
    await Promise.race([run(over.signal), passed]);
  } finally {
    closed.removeEventListener('abort', end);
    over.abort();
  }
}
