/** Prints what a soak did and found, as tables for a person. */

import type { HeapVerdict } from './heap.ts';
import type { BookedCall } from './ledger.ts';

/** Everything one soak is judged by. */
export interface SoakReport {
  readonly seed: number;
  readonly elapsedMs: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly calls: readonly BookedCall[];
  readonly spawnCount: number;
  readonly epochCount: number;
  /** Epochs that ended, by the kind of fault. */
  readonly causes: ReadonlyMap<string, number>;
  readonly heap: HeapVerdict;
  /** What must not have been; empty when all is well. */
  readonly violations: readonly string[];
}

const SHOWN_VIOLATIONS = 40;

/** Say it in lines. */
export function formatReport(report: SoakReport): string {
  const { seed, elapsedMs, faults, calls, spawnCount, epochCount, causes, heap, violations } = report;
  const endings = countBy(calls, ({ ending, code }) => (ending === 'resolved' ? ending : `${ending} (${code})`));
  const slowest = calls.filter(({ ending }) => ending === 'resolved').map((call) => call.elapsedMs);
  return [
    `seed ${seed}, ${(elapsedMs / 1_000).toFixed(0)} s`,
    table(`faults: ${sum(faults)}`, faults),
    table(`calls: ${calls.length}`, endings),
    table(`epochs: ${epochCount}, processes started: ${spawnCount}; epochs ended by`, causes),
    `longest call that resolved: ${slowest.reduce((most, each) => Math.max(most, each), 0)} ms`,
    `heap: early ${mebibytes(heap.earlyBytes)}, late ${mebibytes(heap.lateBytes)}, ${heap.isFlat ? 'flat' : 'GROWN'}`,
    violations.length === 0 ? 'no violation' : `violations: ${violations.length} (repeat with --seed ${seed})`,
    ...violations.slice(0, SHOWN_VIOLATIONS).map((violation) => `  ${violation}`),
  ].join('\n');
}

/** Count things by a name. */
export function countBy<T>(things: readonly T[], nameOf: (thing: T) => string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const thing of things) {
    const name = nameOf(thing);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function table(title: string, counts: ReadonlyMap<string, number>): string {
  const rows = [...counts].sort(([, a], [, b]) => b - a);
  return [title, ...rows.map(([name, count]) => `  ${String(count).padStart(7)}  ${name}`)].join('\n');
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0);
}

function mebibytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
}
