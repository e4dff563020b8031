/**
 * Runs code on what somebody else wrote for so long and no longer: whatever it loops in, a regular expression included,
 * is ended. The watch is kept by the engine beside this thread, for no timer of ours fires while something runs.
 */

import { createContext, Script } from 'node:vm';
import { isRecord } from '../config/record.ts';

/** What ends code that took too long. */
export class TooLongError extends Error {
  override readonly name = 'TooLongError';
}

const SCRIPT = new Script('run()');
const SANDBOX: { run: (() => void) | undefined } = { run: undefined };
const CONTEXT = createContext(SANDBOX);

/**
 * Run a function that waits for nothing.
 *
 * **Units** milliseconds of the host's own time. **Errors** `TooLongError`; what the function throws.
 */
export function withinTime<A>(timeoutMs: number, run: () => A): A {
  let result: { readonly value: A } | undefined;
  SANDBOX.run = () => {
    result = { value: run() };
  };
  try {
    SCRIPT.runInContext(CONTEXT, { timeout: timeoutMs });
  } catch (error) {
    // The engine makes it in the other context, whose `Error` is not ours.
    if (isRecord(error) && error['code'] === 'ERR_SCRIPT_EXECUTION_TIMEOUT') {
      throw new TooLongError(`it took longer than ${timeoutMs} ms`);
    }
    throw error;
  } finally {
    SANDBOX.run = undefined;
  }
  if (result === undefined) throw new TooLongError('it was ended');
  return result.value;
}
