/**
 * Has the client judged in every scenario of both lines of the referee, and prints what came of it.
 *
 *   npm run conformance                  every scenario
 *   npm run conformance -- http-         those whose name holds a text
 *   npm run conformance -- --without auth/
 */

import { parseArgs } from 'node:util';
import color from 'picocolors';
import { inParallel } from '../../src/policy/in-parallel.ts';
import { expectedFailure } from './expected.ts';
import { groups, keyOf, type Scenario } from './groups.ts';
import { type Judgement, judge } from './referee.ts';
import { type Judged, summary } from './summary.ts';

/** Each scenario is two processes. */
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const [text = ''] = positionals;
const { without } = values;
const all = await groups();
const chosen = new Map(
  all
    .flatMap(({ scenarios }) => scenarios)
    .filter(({ name }) => name.includes(text) && (without === undefined || !name.includes(without)))
    .map((scenario) => [keyOf(scenario), scenario]),
);

const judged = new Map<string, Judged>();
await inParallel([...chosen], AT_ONCE, async ([key, scenario]) => {
  const judgement = await judge(scenario);
  const reason = expectedFailure(scenario);
  const isRight = judgement.hasPassed === (reason === undefined);
  judged.set(key, { scenario, judgement, reason, isRight });
  console.log(line(scenario, judgement, reason));
  if (!isRight || values.verbose) console.log(judgement.output.trimEnd().replaceAll(/^/gm, '    '));
});

console.log();
for (const group of all) for (const each of summary(group, judged)) console.log(each);
const wrong = [...judged.values()].filter(({ isRight }) => !isRight);
if (wrong.length > 0) {
  const names = wrong.map(
    ({ scenario, judgement }) =>
      `${keyOf(scenario)} ${judgement.hasPassed ? 'passes, remove it from the list' : 'fails'}`,
  );
  console.log(color.red(`Not as expected: ${names.join('; ')}`));
}
process.exitCode = wrong.length === 0 && judged.size > 0 ? 0 : 1;

function line({ referee, revision, name }: Scenario, judgement: Judgement, reason: string | undefined): string {
  const sign = judgement.hasPassed ? color.green('✓') : reason === undefined ? color.red('✗') : color.yellow('-');
  const checks = `${judgement.passed}/${judgement.checks}`.padStart(7);
  const seconds = `${(judgement.tookMs / 1000).toFixed(1)} s`.padStart(7);
  return `${sign} ${(revision ?? referee.version).padEnd(10)}  ${name.padEnd(42)} ${checks} ${color.dim(seconds)}`;
}
