/**
 * Whether a connection whose actor ended is started again. Pure, as in an Erlang/OTP supervisor: a restart type
 * per child and a sliding window of restarts. It is about defects; faults are the connection's own business.
 */

import type { RestartType } from '../config/supervision-config.ts';
import { assertNever } from './assert-never.ts';

/** How an actor ended: by a defect, or in the ordinary way. */
export type ActorExit = 'crashed' | 'closed';

/** What follows: a new start, a stop that waits for an event, or nothing. */
export type RestartDecision = 'restart' | 'park' | 'drop';

/**
 * Decide what follows the end of an actor.
 *
 * `permanent` is started again after every end, `transient` only after a crash, `temporary` never. Where one more
 * restart would exceed `maxRestarts` within the window, the answer is `park`: siblings go on untouched.
 *
 * **Units** `restartsInWindow` counts the restarts already made within the window.
 * **Source** Erlang/OTP design principles, "Supervisor Behaviour", restart type and maximum restart intensity.
 */
export function decideRestart(
  restart: RestartType,
  exit: ActorExit,
  restartsInWindow: number,
  maxRestarts: number,
): RestartDecision {
  if (!isRestarted(restart, exit)) return 'drop';
  return restartsInWindow < maxRestarts ? 'restart' : 'park';
}

function isRestarted(restart: RestartType, exit: ActorExit): boolean {
  switch (restart) {
    case 'permanent':
      return true;
    case 'transient':
      return exit === 'crashed';
    case 'temporary':
      return false;
    default:
      return assertNever(restart);
  }
}
