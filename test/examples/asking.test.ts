import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'the reference server asks a model and a person, and is answered, or told that it was declined',
  async () => {
    const { exitCode, output, errors } = await runExample('asking');

    expect(exitCode, errors).toBe(0);
    expect(output.split('\n').filter((line) => line.startsWith('everything asks'))).toHaveLength(3);
    expect(output).toContain('Both were asked, one request was declined, and nothing is left.');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
