/** The machine as far as results depend on it; nothing that names it. */

import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';

/** Describe it now; the load is that of the last minute, before anything was measured. */
export function describeMachine(): Record<string, string | number> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
  };
}
