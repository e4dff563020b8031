/** This library on a clock of its own for each host: what servers were found to speak is kept by the clock, so each is asked again. */

import type { Clock } from 'mcp-supervisor';
import type { Subject } from './subject.ts';
import { subject as supervisor } from './supervisor.ts';

export const subject: Subject = {
  open: (targets) => supervisor.open(targets, { clock: newClock() }),
};

function newClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimeout: (callback, delayMs) => setTimeout(callback, delayMs),
    clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
  };
}
