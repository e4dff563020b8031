/** How much the processors of this machine have to do. */

import { cpus } from 'node:os';

/** What the processors have done since the machine was started, all of them together. In milliseconds. */
export interface ProcessorTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

/** Look at the processors. Where the system tells nothing of them, nothing ever passes. */
export function processorTimes(): ProcessorTimes {
  let idleMs = 0;
  let totalMs = 0;
  for (const { times } of cpus()) {
    idleMs += times.idle;
    totalMs += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idleMs, totalMs };
}

/** The part of the time between two looks in which the processors had nothing to do; 1 where nothing is known. */
export function idleShare(before: ProcessorTimes, after: ProcessorTimes): number {
  const totalMs = after.totalMs - before.totalMs;
  return totalMs > 0 ? (after.idleMs - before.idleMs) / totalMs : 1;
}
