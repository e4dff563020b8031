import { expect, it } from 'vitest';
import { watchForLeaks } from '../ground/leaks.ts';
import { EXAMPLE_TIMEOUT_MS, runExample } from './example.ts';

watchForLeaks();

it(
  'the universal client prints what the tutorial prints, section by section',
  async () => {
    const { exitCode, output, errors } = await runExample('universal-client');

    expect(exitCode, errors).toBe(0);
    const sections = output.split(/\n={60}\n(.+)\n={60}\n/);
    const titles = sections.filter((_, index) => index % 2 === 1);
    const [, servers, calls, details] = sections.filter((_, index) => index % 2 === 0).slice(1);
    expect(titles).toEqual([
      'Universal MCP Client - Example',
      'CONNECTED SERVERS & THEIR TOOLS',
      'CALLING TOOLS',
      'SERVER DETAILS',
      'All servers disconnected automatically',
    ]);
    expect(servers).toContain("Connected servers: [ 'everything', 'remote' ]");
    expect(servers?.match(/ {2}- echo: Echoes back the input string/g)).toHaveLength(2);
    expect(calls).toContain('The sum of 19 and 23 is 42.');
    expect(calls).toContain('Echo: hello over SSE');
    expect(details).toMatch(/everything:\n {2}Transport: stdio\n {2}Connected at: 20\S+Z\n {2}Available tools: \d+\n/);
  },
  EXAMPLE_TIMEOUT_MS + 5_000,
);
