/** What an idle connection holds. */

import { heldBytes } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';

export const memory: Scenario = {
  id: 'memory',
  title: 'Memory per idle connection',
  about:
    'Streamable HTTP with a stream that stays open, each server on a port of its own. Heap and external memory after ' +
    'garbage collection, with the connections less without them, divided by their number.',
  cases: [
    { id: '100', label: '100 connections', size: 100, transport: 'http-json' },
    { id: '1000', label: '1,000 connections', size: 1_000, transport: 'http-json' },
  ],
  figures: [{ id: 'held', label: 'per connection', unit: 'KiB', better: 'less' }],
  full: { sittings: 3, rounds: 1 },
  short: { sittings: 1, rounds: 1 },
  open: async (stage) => {
    const connect = async (count: number) => {
      const servers = Array.from({ length: count }, (_, server) => server);
      const host = await stage.subject.open(servers.map((server) => stage.target(server, { listen: true })));
      await Promise.all(servers.map((server) => host.ready(server)));
      return host;
    };
    // Code that is loaded and compiled once belongs to no connection.
    const first = await connect(10);
    await first.call(0, 'echo', { text: 'first' });
    await first.close();
    let host = first;
    return {
      round: async () => {
        const before = await heldBytes();
        const count = stage.case.size ?? 1;
        host = await connect(count);
        return { held: ((await heldBytes()) - before) / count / 1_024 };
      },
      close: () => host.close(),
    };
  },
};
