import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

it(
  'the faults in front of real servers are survived: every call ends once, and nothing is left',
  async () => {
    const { exitCode, output, errors } = await runExample('fault-injection');

    expect(exitCode, errors).toBe(0);
    for (const server of ['everything-stdio', 'everything-sse', 'everything-http']) {
      expect(output).toMatch(new RegExp(`^${server}: a storm of \\d+ faults; calls: .*\\d+ answered`, 'm'));
    }
    expect(output).toContain('Every call ended once, and nothing is left.');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);

it('the test that the page shows passes', async () => {
  const args = ['--import', 'tsx', '--test', 'examples/fault-injection/agent-test.ts'];
  const { NODE_OPTIONS: _, ...env } = process.env;

  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env });

  expect(stdout).toMatch(/^# pass 1$|ℹ pass 1$/m);
});
