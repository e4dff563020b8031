import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'a task outlives its connection and its host, and a plain call waits for one',
  async () => {
    const { exitCode, output, errors } = await runExample('tasks');

    expect(exitCode, errors).toBe(0);
    expect(output.trim().split('\n')).toEqual([
      'begun: working',
      expect.stringMatching(/^after the kill: (?:working|completed)$/),
      ...output.split('\n').filter((line) => line === 'in another host: working'),
      'in another host: completed',
      'a plain call waited for its task',
    ]);
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
