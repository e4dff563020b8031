/** Weighs the heap, after a collection, at intervals; says whether it grew. */

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const MEBIBYTE = 1024 * 1024;
/** The late median may be above the early one by this share, and by this much on top: lazily compiled code, caches. */
const TOLERATED_SHARE = 0.15;
const TOLERATED_BYTES = 4 * MEBIBYTE;
/** Fewer samples than this say nothing. */
const MIN_SAMPLES = 6;

/** What the weighing says. */
export interface HeapVerdict {
  readonly earlyBytes: number;
  readonly lateBytes: number;
  readonly isFlat: boolean;
}

/** A series of weights. */
export class HeapWatch {
  readonly #samples: number[] = [];
  readonly #collect: () => void;

  constructor() {
    setFlagsFromString('--expose-gc');
    this.#collect = runInNewContext('gc') as () => void;
  }

  sample(): void {
    this.#collect();
    const { heapUsed, external } = process.memoryUsage();
    this.#samples.push(heapUsed + external);
  }

  /** Compare the medians of the second and of the last fifth; the first fifth warms up. */
  verdict(): HeapVerdict {
    const fifth = Math.max(1, Math.floor(this.#samples.length / 5));
    const earlyBytes = median(this.#samples.slice(fifth, 2 * fifth));
    const lateBytes = median(this.#samples.slice(-fifth));
    const isEnough = this.#samples.length >= MIN_SAMPLES;
    return {
      earlyBytes,
      lateBytes,
      isFlat: !isEnough || lateBytes <= earlyBytes * (1 + TOLERATED_SHARE) + TOLERATED_BYTES,
    };
  }
}

function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
