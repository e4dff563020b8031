/** How much the processors of this machine have to do. */

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { once } from '../../once.ts';

/** What the processors have done since the machine was started, all of them together. In milliseconds. */
export interface ProcessorTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

const processorCount = once(() => cpus().length);

/** Look at the processors. Where the system tells nothing of them, nothing ever passes. */
export function processorTimes(): ProcessorTimes {
  // It is looked at while everything is busy, and Node's own way reads several files, and one more for each processor.
  return readUptime() ?? addUp();
}

/** All of it in one line; nothing elsewhere than on Linux. Never throws. **Source** proc(5), `/proc/uptime`. */
function readUptime(): ProcessorTimes | undefined {
  try {
    const [up, idle] = readFileSync('/proc/uptime', 'utf8').split(' ').map(Number);
    if (up === undefined || idle === undefined || Number.isNaN(up + idle)) return undefined;
    return { idleMs: idle * 1_000, totalMs: up * 1_000 * processorCount() };
  } catch {
    return undefined;
  }
}

function addUp(): ProcessorTimes {
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
