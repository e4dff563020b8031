/** A server with very many tools. */

import { timeOf } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';

const TOOLS = 1_000;

export const manyTools: Scenario = {
  id: 'many-tools',
  title: 'A thousand tools',
  about:
    'Until a server with 1,000 tools is connected and all of them are known; in a process that has connected before.',
  cases: [
    { id: 'stdio', label: 'stdio', transport: 'stdio' },
    { id: 'http-json', label: 'Streamable HTTP, JSON replies', transport: 'http-json' },
  ],
  figures: [{ id: 'took', label: 'connected and listed', unit: 'ms', better: 'less' }],
  full: { sittings: 2, rounds: 8 },
  short: { sittings: 1, rounds: 4 },
  open: async (stage) => {
    const connect = async (): Promise<number> => {
      const closing: (() => Promise<void>)[] = [];
      const took = await timeOf(async () => {
        const host = await stage.subject.open([stage.target(0, { tools: TOOLS })]);
        closing.push(() => host.close());
        await host.ready(0);
        const known = await host.tools(0);
        if (known !== TOOLS) throw new Error(`${known} tools are known`);
      });
      for (const close of closing) await close();
      return took;
    };
    await connect();
    return { round: async () => ({ took: await connect() }), close: async () => undefined };
  },
};
