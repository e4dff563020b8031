import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // One process per file: a leak check can only name the culprit when nothing else runs in its process.
    pool: 'forks',
    isolate: true,
    // Tests wait for real servers more than they compute: four files at a time keep two cores busy.
    fileParallelism: true,
    maxWorkers: 4,
    reporters: ['default'],
    testTimeout: 30_000,
    // Real processes on a shared machine: in continuous integration a failure is tried once more before it counts.
    retry: process.env['CI'] === undefined ? 0 : 1,
    hookTimeout: 30_000,
    teardownTimeout: 5_000,
    globals: false,
    // No test, and no program that a test starts, keeps its ledger of processes where the user has theirs.
    env: { XDG_STATE_HOME: fileURLToPath(new URL('node_modules/.cache/state', import.meta.url)) },
  },
});
