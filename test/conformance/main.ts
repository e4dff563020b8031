/**
 * Has the client judged in all scenarios of both revisions, and prints what came of it.
 *
 *   npm run conformance                  every scenario
 *   npm run conformance -- http-         those whose name holds a text
 *   npm run conformance -- --without auth/
 */

import { parseArgs } from 'node:util';
import color from 'picocolors';
import { inParallel } from '../../src/policy/in-parallel.ts';
import { expectedFailure } from './expected.ts';
import { type Judgement, judge } from './referee.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** Each scenario is two processes. */
const AT_ONCE = 2;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { without: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const [text = ''] = positionals;
const { without } = values;
const chosen = scenarios().filter(
  ({ name }) => name.includes(text) && (without === undefined || !name.includes(without)),
);

const judged: { scenario: Scenario; judgement: Judgement; isRight: boolean }[] = [];
await inParallel(chosen, AT_ONCE, async (scenario) => {
  const judgement = await judge(scenario);
  const reason = expectedFailure(scenario);
  const isRight = judgement.hasPassed === (reason === undefined);
  judged.push({ scenario, judgement, isRight });
  console.log(line(scenario, judgement, reason));
  if (!isRight || values.verbose) console.log(judgement.output.trimEnd().replaceAll(/^/gm, '    '));
});

console.log();
for (const revision of new Set(chosen.map((scenario) => scenario.revision))) {
  const own = judged.filter(({ scenario }) => scenario.revision === revision);
  const scored = own.filter(({ scenario }) => scenario.isScored);
  console.log(
    `${revision}: ${passed(own)} of ${own.length} pass, of those that are scored ${passed(scored)} of ${scored.length}`,
  );
}
const wrong = judged.filter(({ isRight }) => !isRight);
if (wrong.length > 0) {
  const names = wrong.map(
    ({ scenario, judgement }) =>
      `${scenario.name} ${judgement.hasPassed ? 'passes, remove it from the list' : 'fails'}`,
  );
  console.log(color.red(`Not as expected: ${names.join('; ')}`));
}
process.exitCode = wrong.length === 0 ? 0 : 1;

function passed(of: typeof judged): number {
  return of.filter(({ judgement }) => judgement.hasPassed).length;
}

function line({ revision, name, isScored }: Scenario, judgement: Judgement, reason: string | undefined): string {
  const sign = judgement.hasPassed ? color.green('✓') : reason === undefined ? color.red('✗') : color.yellow('-');
  const checks = `${judgement.passed}/${judgement.checks}`.padStart(7);
  const seconds = `${(judgement.tookMs / 1000).toFixed(1)} s`.padStart(7);
  const note = reason === undefined || judgement.hasPassed ? (isScored ? '' : 'not scored') : reason;
  return `${sign} ${revision}  ${name.padEnd(42)} ${checks} ${color.dim(seconds)}  ${color.dim(note)}`;
}
