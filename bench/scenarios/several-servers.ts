/** Many servers called at once, against one server called alone. */

import { cpuOf, timeOf } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';

const ARGS = { text: 'a word or two' };
const CALLS = 600;

export const severalServers: Scenario = {
  id: 'several-servers',
  title: 'Many servers at once',
  about:
    'One call in flight on each of the servers, 600 in all. "Against the sum": CPU per call divided by that of the same ' +
    'number of calls, one after the other, on one of these servers.',
  cases: [
    { id: 'stdio-10', label: '10 servers, stdio', size: 10, transport: 'stdio' },
    { id: 'http-10', label: '10 servers, Streamable HTTP', size: 10, transport: 'http-json' },
    { id: 'http-50', label: '50 servers, Streamable HTTP', size: 50, transport: 'http-json' },
  ],
  figures: [
    { id: 'rate', label: 'calls/s', unit: '', better: 'more' },
    { id: 'cpu', label: 'CPU per call', unit: 'µs', better: 'less' },
    { id: 'sum', label: 'against the sum', unit: '', better: 'less', isRelative: false },
  ],
  full: { sittings: 2, rounds: 12 },
  short: { sittings: 2, rounds: 6 },
  open: async (stage) => {
    const servers = Array.from({ length: stage.case.size ?? 1 }, (_, index) => index);
    const host = await stage.subject.open(servers.map((server) => stage.target(server)));
    await Promise.all(servers.map((server) => host.ready(server)));
    const each = CALLS / servers.length;
    const callOne = async (server: number, count: number): Promise<void> => {
      for (let call = 0; call < count; call += 1) await host.call(server, 'echo', ARGS);
    };
    const all = async () => await Promise.all(servers.map((server) => callOne(server, each)));
    await all();
    await callOne(0, CALLS);
    return {
      round: async () => {
        const alone = await cpuOf(() => callOne(0, CALLS));
        let tookMs = 0;
        const together = await cpuOf(async () => {
          tookMs = await timeOf(all);
        });
        return { rate: (CALLS / tookMs) * 1_000, cpu: together / CALLS, sum: together / alone };
      },
      close: () => host.close(),
    };
  },
};
