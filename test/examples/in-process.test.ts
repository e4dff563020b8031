import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'servers of both eras are called in the process of the agent, and one comes back as a new one',
  async () => {
    const { exitCode, output, errors } = await runExample('in-process');

    expect(exitCode, errors).toBe(0);
    expect(output).toContain('clock ready -> reconnecting stream-ended');
    expect(output).toContain('Two servers, 2 lives of the first, no process beside this one.');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
