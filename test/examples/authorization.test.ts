import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'the example of authorization does what its page says',
  async () => {
    const { exitCode, output, errors } = await runExample('authorization');

    expect(exitCode, errors).toBe(0);
    expect(output.trim().split('\n').at(-1)).toBe('a client with a secret of its own needs nobody at all');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
