/** Whether the heap stays flat over very many calls. */

import { heldBytes } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';
import type { Host } from '../subjects/subject.ts';

const WIDTH = 64;
const WARM_UP_CALLS = 50_000;

export const endurance: Scenario = {
  id: 'endurance',
  title: 'The heap over a million calls',
  about:
    'Memory after garbage collection at the end, divided by that after the first tenth; stdio, 64 calls in flight. The ' +
    'short form makes a tenth of the calls.',
  cases: [{ id: 'stdio', label: 'stdio', transport: 'stdio' }],
  figures: [
    { id: 'growth', label: 'end / first tenth', unit: '', better: 'less', isRelative: false },
    { id: 'held', label: 'held at the end', unit: 'MiB', better: 'less' },
  ],
  full: { sittings: 1, rounds: 1 },
  short: { sittings: 1, rounds: 1 },
  subjects: ['supervisor', 'supervisor-base', 'raw-v1'],
  open: async (stage) => {
    const host = await stage.subject.open([stage.target(0)]);
    await host.ready(0);
    // Code that is compiled once is nothing that grows.
    await call(host, WARM_UP_CALLS);
    const total = stage.isShort ? 100_000 : 1_000_000;
    return {
      round: async () => {
        await call(host, total / 10);
        const early = await heldBytes();
        await call(host, total - total / 10);
        const late = await heldBytes();
        return { growth: late / early, held: late / 1_024 ** 2 };
      },
      close: () => host.close(),
    };
  },
};

async function call(host: Host, count: number): Promise<void> {
  let left = count;
  const lane = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      await host.call(0, 'echo', { text: 'a word or two' });
    }
  };
  await Promise.all(Array.from({ length: WIDTH }, lane));
}
