/**
 * Runs a soak: `tsx test/soak/main.ts --minutes 10 --seed 1234`. Prints the seed first and a report at the end, and
 * exits with 1 on any violation.
 */

import { parseArgs } from 'node:util';
import { removeScratch } from '../../src/testing/scratch.ts';
import { formatReport } from './report.ts';
import { runSoak } from './soak.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000));
const durationMs = Number(values.minutes) * 60_000;
if (!Number.isInteger(seed) || !(durationMs > 0)) {
  process.stderr.write('usage: main.ts [--minutes n] [--seed n]\n');
  process.exit(64);
}

process.stdout.write(`soak of ${values.minutes} minutes, --seed ${seed}\n`);
let lines = 0;
const report = await runSoak({
  seed,
  durationMs,
  log: (line) => {
    lines += 1;
    if (lines % 5 === 0) process.stdout.write(`${line}\n`);
  },
});
process.stdout.write(`${formatReport(report)}\n`);
if (report.violations.length === 0) removeScratch();
process.exitCode = report.violations.length === 0 ? 0 : 1;
