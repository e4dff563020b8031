import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

// The README shows that file. `vitest run test/examples/quickstart.test.ts --update` takes the output of today.
it(
  'the quickstart prints what its transcript says',
  async () => {
    const { exitCode, output, errors } = await runExample('quickstart');

    expect(exitCode, errors).toBe(0);
    await expect(withoutTrailingSpaces(output)).toMatchFileSnapshot('../../examples/quickstart/output.txt');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);

function withoutTrailingSpaces(output: string): string {
  return output.replaceAll(/ +$/gm, '');
}
