import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/cli/host.ts';
import { run } from '../../src/cli/program.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio } from '../ground/real-servers.ts';
import { configFile } from './built-program.ts';
import { fakeTerminal } from './fake-terminal.ts';

watchForLeaks();

const HOSTILE = fileURLToPath(new URL('hostile-server.mjs', import.meta.url));
const hostile = (...args: string[]) => ({ command: process.execPath, args: [HOSTILE, ...args] });

/** What the program itself may send to a terminal: cursor, erasure, colour, synchronised output. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences are what it looks for.
const OWN_SEQUENCES = /\u001b\[(?:\d*[ABGK]|\d*(?:;\d+)?H|0?J|\d*m|\?2026[hl]|\?25[hl])/g;

/** Everything but what the program itself may send. */
function foreign(text: string): string {
  return text.replaceAll(OWN_SEQUENCES, '').replaceAll('\n', '');
}

describe('watch on a terminal', () => {
  it.each([80, 120])(
    'shows a table of %i columns that follows a server which is killed and comes back, and closes in order',
    async (columns) => {
      const file = configFile({
        everything: everythingStdio(),
        last: { ...everythingStdio(), dependsOn: ['everything'] },
      });
      const terminal = fakeTerminal(['watch', file], columns, 24);
      const done = run(createHost(terminal.process));
      await terminal.shows((text) => text.includes('2 of 2 ready'));
      const [, pid] = /everything .*ready .* pid (\d+)/.exec(stripVTControlCharacters(terminal.stdout())) ?? [];

      process.kill(Number(pid), 'SIGKILL');

      await terminal.shows((text) => /↻ everything +(?:stdio +)?reconnecting .*next try/.test(text));
      await terminal.shows((text) => /● everything +stdio +ready +2 /.test(text));
      terminal.signal('SIGINT');
      expect(await done).toBe(0);
      const shown = stripVTControlCharacters(terminal.stdout());
      for (const line of shown.split(/\n/)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      expect(shown).toMatch(/✗ last .*\n(?:.*\n)*.*✗ everything /);
      expect(shown).toContain('closing, last started first; Ctrl-C again to force');
      expect(shown.trimEnd()).toMatch(/closed in [\d.]+ m?s, in this order: last, everything$/);
    },
  );

  it.each([80, 120])('explains at length what does not serve when e is pressed, in %i columns', async (columns) => {
    const file = configFile({
      missing: { command: 'no-such-command' },
      dying: { ...hostile('die'), backoff: { baseMs: 60_000, maxMs: 60_000 } },
      parked: { ...hostile('die'), parkAfterAttempts: 1 },
    });
    const terminal = fakeTerminal(['watch', file], columns, 50);
    const done = run(createHost(terminal.process));
    await terminal.shows((text) => /■ parked +stdio +parked/.test(text) && /↻ dying +stdio +reconnecting/.test(text));
    expect(terminal.isRaw).toBe(true);

    terminal.type('e');
    const explained = await terminal.shows((text) => /e explains less.*\n?$/.test(text.trimEnd()));

    expect(explained).toContain('it will not try again by itself; retryServer starts an attempt');
    expect(explained).toMatch(/it is probed in [\d.]+ s; retryServer starts an attempt now/);
    expect(explained).toMatch(/next attempt in [\d.]+ s/);
    expect(explained).toContain('what went wrong, oldest first:');
    for (const line of explained.split(/\n/)) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(foreign(terminal.stdout())).not.toMatch(/[\p{Cc}\u202e]/u);

    // A terminal whose keys are read one by one makes no signal of Ctrl-C.
    terminal.type('\u0003');
    expect(await done).toBe(0);
    expect(terminal.isRaw).toBe(false);
  });

  it('draws everything anew, and within the new width, when the terminal is resized', async () => {
    const terminal = fakeTerminal(['watch', configFile({ everything: everythingStdio() })], 120, 40);
    const done = run(createHost(terminal.process));
    await terminal.shows((text) => text.includes('1 of 1 ready'));
    const before = terminal.stdout().length;

    terminal.resize(50, 12);
    terminal.signal('SIGINT');

    await done;
    const after = stripVTControlCharacters(terminal.stdout().slice(before));
    for (const line of after.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(50);
    expect(after).toMatch(/● everything +ready/);
  });

  it('passes nothing on to the terminal that a server could act through', async () => {
    const file = configFile({
      evil: hostile(),
      dying: { ...hostile('die'), backoff: { baseMs: 60_000, maxMs: 60_000 } },
    });
    const terminal = fakeTerminal(['watch', file], 80, 24);
    const done = run(createHost(terminal.process));
    await terminal.shows((text) => text.includes('1 of 2 ready') && text.includes('stderr: '));
    terminal.signal('SIGINT');

    await done;

    expect(foreign(terminal.stdout())).not.toMatch(/\p{Cc}|\u202e/u);
    expect(foreign(terminal.stdout())).toContain('dying');
  });
});

describe('tools and call on a terminal', () => {
  it.each([
    [['tools'], 0, 'first line'],
    [['tools', '--json'], 0, 'second line'],
    [['call', 'evil', 'evil'], 0, 'answer'],
    [['call', 'evil', 'evil', '--json'], 0, 'answer'],
    [['call', 'evil', 'evil', '{"fail":true}'], 1, 'answer'],
    [['call', 'evil', 'evil', '{"refuse":true}'], 4, 'refused'],
  ])('%j passes nothing on that a server could act through', async (args, code, part) => {
    const terminal = fakeTerminal([...args, '-c', configFile({ evil: hostile() })], 80, 24);

    const ended = await run(createHost(terminal.process));

    const text = foreign(terminal.stdout() + terminal.stderr());
    expect(text).not.toMatch(/\p{Cc}|\u202e/u);
    expect(text).toContain(part);
    expect(ended).toBe(code);
  });

  it('tells of attempts that failed while it connects', async () => {
    const file = configFile({ dying: hostile('die') });
    const terminal = fakeTerminal(['tools', '-c', file, '--timeout', '1s'], 80, 24);

    expect(await run(createHost(terminal.process))).toBe(1);

    expect(foreign(terminal.stderr())).toMatch(/dying: the process exited with code 7: .*next try in/);
    expect(foreign(terminal.stderr())).not.toMatch(/\p{Cc}|\u202e/u);
  });

  it('shows progress, and an interrupted call says that it may have run', async () => {
    const args = ['call', 'everything', 'trigger-long-running-operation', '{"duration":60,"steps":60}'];
    const terminal = fakeTerminal([...args, '-c', configFile({ everything: everythingStdio() })], 80, 24);
    const done = run(createHost(terminal.process));
    await terminal.complains((text) => text.includes('progress 1 of 60'));

    terminal.signal('SIGINT');

    expect(await done).toBe(130);
    expect(stripVTControlCharacters(terminal.stderr())).toContain('code CALL_ABORTED, outcome unknown');
    expect(terminal.stdout()).toBe('');
  });
});
