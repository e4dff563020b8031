/** What a program pays before its first result. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { timeOf } from '../figures/cost.ts';
import type { Figures, Scenario } from '../scenario.ts';
import { moduleOf } from '../subjects/registry.ts';

const PROGRAM = fileURLToPath(new URL('../process/one-shot.js', import.meta.url));
const execute = promisify(execFile);

/** What a program that talks to one stdio server of the `initialize` era has no use for. */
const UNUSED = new RegExp(
  [
    '/dist/(?:transport/http|cli|testing|link/discover-link)',
    '/dist/authorization/(?:authoriz(?:er|ation-flow|ed-request)|challenge|client-registration|discovery|flow-|grants|loopback|proof)',
    '/(?:@modelcontextprotocol/client|undici|jose|jsonc-parser|eventsource|ajv)/',
    '/@modelcontextprotocol/sdk/dist/(?:esm/)?client/(?:sse|streamableHttp|auth)',
  ].join('|'),
);

export const startUp: Scenario = {
  id: 'start-up',
  title: 'Import and first result',
  about:
    'New processes. The first result: a program that connects to one stdio server, calls one tool and ends, from its ' +
    'start to its end. "Unused": files that this program loaded although it reads no file of servers and talks to none over HTTP.',
  cases: [{ id: 'stdio', label: 'one stdio server', transport: 'none' }],
  figures: [
    { id: 'import', label: 'import', unit: 'ms', better: 'less' },
    { id: 'first', label: 'first result', unit: 'ms', better: 'less' },
    { id: 'loaded', label: 'files loaded', unit: '', better: 'less', isRelative: false },
    { id: 'unused', label: 'unused', unit: '', better: 'less', isRelative: false },
  ],
  full: { sittings: 1, rounds: 15 },
  short: { sittings: 1, rounds: 6 },
  open: async (stage) => {
    const module = moduleOf(stage.subjectId);
    const play = async (verb: string) => {
      const { stdout } = await execute(process.execPath, ['--no-warnings', PROGRAM, verb, module], {
        maxBuffer: 64 * 1024 * 1024,
      });
      return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as { importMs: number; loaded: string[] };
    };
    const { loaded } = await play('look');
    const unused = loaded.filter((url) => UNUSED.test(url)).length;
    return {
      round: async (): Promise<Figures> => {
        const { importMs } = await play('import');
        const first = await timeOf(() => play('call'));
        return { import: importMs, first, loaded: loaded.length, unused };
      },
      close: async () => undefined,
    };
  },
};
