import { describe, expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

describe('the inspector', () => {
  it('carries a story from connect over a kill to close', { timeout: EXAMPLE_TIMEOUT_MS + 5_000 }, async () => {
    const { exitCode, output, errors } = await runExample('inspector', ['--once']);

    expect(exitCode, errors).toBe(0);
    const life = 'connecting -> initializing -> ready';
    expect(output.split('\n')).toEqual([
      'supervisor',
      `  everything: ${life} -> reconnecting -> ${life} -> closed (epochs: 2)`,
      `  files: ${life} -> closed (epochs: 1)`,
      `  remote: ${life} -> closed (epochs: 1)`,
      expect.stringMatching(/^The inspector saw all of it, in \d+ messages\.$/),
      '',
    ]);
  });

  it('serves its page until SIGINT, then disposes and exits 0', { timeout: EXAMPLE_TIMEOUT_MS + 5_000 }, async () => {
    let page = Promise.resolve('');
    const { exitCode, output, errors } = await runExample('inspector', [], (line, kill) => {
      const [url] = /http:\S+/.exec(line) ?? [];
      if (url !== undefined) page = fetch(url, { headers: { connection: 'close' } }).then((reply) => reply.text());
      if (line.startsWith('remote is process')) void page.then(() => kill('SIGINT'));
    });

    expect(exitCode, errors).toBe(0);
    expect(await page).toContain('<iframe id="inspector" src="https://stately.ai/inspect">');
    const closed = [...output.matchAll(/^(\w+) ready -> closed/gm)].map(([, server]) => server);
    expect(closed).toEqual(['remote', 'files', 'everything']);
  });
});
