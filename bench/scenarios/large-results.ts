/** What a large result costs. */

import { timeOf } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';

const MEGABYTE = 1_000_000;
const CALLS = 3;

export const largeResults: Scenario = {
  id: 'large-results',
  title: 'Large results',
  about: 'One text of that many bytes; the mean of three calls, one after the other.',
  cases: [
    { id: 'stdio-1', label: '1 MB, stdio', size: 1, transport: 'stdio' },
    { id: 'stdio-10', label: '10 MB, stdio', size: 10, transport: 'stdio' },
    { id: 'http-1', label: '1 MB, Streamable HTTP, JSON', size: 1, transport: 'http-json' },
    { id: 'http-10', label: '10 MB, Streamable HTTP, JSON', size: 10, transport: 'http-json' },
    { id: 'sse-1', label: '1 MB, Streamable HTTP, SSE', size: 1, transport: 'http-sse' },
    { id: 'sse-10', label: '10 MB, Streamable HTTP, SSE', size: 10, transport: 'http-sse' },
  ],
  figures: [{ id: 'took', label: 'one call', unit: 'ms', better: 'less' }],
  full: { sittings: 2, rounds: 6 },
  short: { sittings: 1, rounds: 3 },
  open: async (stage) => {
    const host = await stage.subject.open([stage.target(0)]);
    await host.ready(0);
    const call = () => host.call(0, 'large', { bytes: (stage.case.size ?? 1) * MEGABYTE });
    await call();
    return {
      round: async () => {
        const tookMs = await timeOf(async () => {
          for (let count = 0; count < CALLS; count += 1) await call();
        });
        return { took: tookMs / CALLS };
      },
      close: () => host.close(),
    };
  },
};
