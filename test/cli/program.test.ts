import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createHost } from '../../src/cli/host.ts';
import { run } from '../../src/cli/program.ts';
import { VERSION } from '../../src/version.ts';
import { watchForLeaks } from '../ground/leaks.ts';
import { everythingStdio } from '../ground/real-servers.ts';
import { configFile } from './built-program.ts';
import { fakeTerminal } from './fake-terminal.ts';

watchForLeaks();

const everything = () => configFile({ everything: everythingStdio() });

/** Run the program in this process: nothing is started by what these tests ask. */
async function runHere(args: readonly string[]) {
  const terminal = fakeTerminal(args, 100, 40);
  const code = await run(createHost(terminal.process));
  const [stdout, stderr] = [terminal.stdout(), terminal.stderr()].map((text) => stripVTControlCharacters(text));
  return { code, stdout, stderr };
}

describe('the command line', () => {
  it.each([
    [['--version'], `${VERSION}\n`],
    [['--help'], 'Exit codes:'],
    [['watch', '--help'], '$ mcp-supervisor watch mcp.json'],
    [['tools', '--help'], '$ mcp-supervisor tools'],
    [['call', '--help'], '4    the call failed'],
  ])('answers %j on stdout and exits 0', async (args, part) => {
    const { code, stdout, stderr } = await runHere(args);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(part);
  });

  it.each([
    [['watsh'], /unknown command 'watsh'\n\(Did you mean watch\?\)/],
    [[], /Usage: mcp-supervisor/],
    [['watch', '--bad'], /unknown option '--bad'/],
    [['watch', '--until', 'closed'], /Allowed choices are ready/],
    [['watch', '--timeout', 'soon'], /Give a duration such as/],
    [['call', 'everything'], /missing required argument 'tool'/],
    [['tools', 'a', 'b'], /too many arguments/],
    [['tools', '-c', '/no/such/file.json'], /file\.json: does not exist/],
    [['tools', 'nobody'], /no server 'nobody' in the configuration\nhint: it names: everything/],
    [['call', 'everything', 'echo', '{bad}'], /cannot be read as JSON.*\nhint: in a shell/],
    [['call', 'everything', 'echo', '[]'], /must be a JSON object/],
    [['call', 'everything', 'echo', '-'], /what stdin holds cannot be read as JSON/],
  ])('refuses %j with 2, on stderr, without a stack', async (args, message) => {
    const isNamed = args.includes('-c') || args.length === 0;

    const { code, stdout, stderr } = await runHere(isNamed ? args : [...args, '-c', everything()]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('says with --debug where an error comes from', async () => {
    const { stderr } = await runHere(['call', 'nobody', 'x', '--debug', '-c', everything()]);

    expect(stderr).toMatch(/^\s+at /m);
  });
});
