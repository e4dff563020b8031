import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'the reference server lists, reads, prompts and completes, and a list that changes is told',
  async () => {
    const { exitCode, output, errors } = await runExample('resources-and-prompts');

    expect(exitCode, errors).toBe(0);
    expect(output).toContain('A prompt came along, and that was told.');
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
