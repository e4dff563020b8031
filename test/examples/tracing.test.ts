import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'the calls of an agent arrive as parts of its trace, in both eras',
  async () => {
    const { exitCode, output, errors } = await runExample('tracing');

    expect(exitCode, errors).toBe(0);
    expect(output).toBe(
      ['initialize', 'discover'].map((era) => `${era}: 3 calls arrived, two of them as parts of one trace.\n`).join(''),
    );
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
