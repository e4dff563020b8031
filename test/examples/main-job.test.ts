import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

const SERVERS = ['everything-stdio', 'everything-sse', 'everything-http', 'files'];

it(
  'the main job does everything it says, in lines of at most 80 columns without colours when piped',
  async () => {
    const { exitCode, output, errors } = await runExample('main-job');

    expect(exitCode, errors).toBe(0);
    const lines = output.split('\n');
    for (const server of SERVERS) {
      expect(lines).toContainEqual(expect.stringMatching(` ${server} +initializing -> ready$`));
      expect(lines).toContainEqual(expect.stringMatching(`^  ${server} +\\d+ tools `));
    }
    expect(lines).toContainEqual(expect.stringMatching(/everything-stdio +ready -> reconnecting +process-exited$/));
    expect(lines).toContainEqual(expect.stringMatching(/everything-http +ready -> reconnecting +[a-z-]+$/));
    expect(output).toContain('(outcome: unknown)');
    expect(output.match(/3 calls made in the gap waited, and were answered/g)).toHaveLength(2);
    expect(output).toContain('"[redacted]"');
    expect([...output.matchAll(/s {2}(\S+) +released$/gm)].map(([, server]) => server)).toEqual(SERVERS.toReversed());
    expect(output).toContain('6 server processes were seen, 0 are left.');
    expect(lines.at(-2)).toMatch(/^Everything held in [\d.]+ s\.$/);
    expect(lines.filter((line) => line.length > 80 || line.includes('\u001b'))).toEqual([]);
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
