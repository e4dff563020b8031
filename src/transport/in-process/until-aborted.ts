/** How a start that cannot be taken back gives way to whoever does not want it any more. */

import { FaultError } from '../../fault.ts';

/**
 * Wait for work, or reject with the fault `closed` as soon as the signal is aborted; the work goes on by itself then.
 */
export function untilAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new FaultError({ kind: 'closed' }, 'not-sent'));
    const settle = (tell: () => void): void => {
      signal.removeEventListener('abort', abort);
      tell();
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    work.then(
      () => settle(resolve),
      (error: unknown) => settle(() => reject(error)),
    );
  });
}
