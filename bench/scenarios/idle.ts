/** What connections cost while nothing happens. */

import { setTimeout as delay } from 'node:timers/promises';
import { cpuOf } from '../figures/cost.ts';
import type { Scenario } from '../scenario.ts';

export const idle: Scenario = {
  id: 'idle',
  title: 'CPU while idle',
  about: '50 connections over Streamable HTTP, each with an open stream, and not one call for 40 seconds.',
  cases: [{ id: '50', label: '50 connections', size: 50, transport: 'http-json' }],
  figures: [{ id: 'cpu', label: 'CPU per second', unit: 'ms', better: 'less', isRelative: false }],
  full: { sittings: 1, rounds: 1 },
  atOnce: true,
  open: async (stage) => {
    const servers = Array.from({ length: stage.case.size ?? 1 }, (_, server) => server);
    const host = await stage.subject.open(servers.map((server) => stage.target(server, { listen: true })));
    await Promise.all(servers.map((server) => host.ready(server)));
    return {
      round: async () => {
        const seconds = 40;
        await delay(5_000);
        return { cpu: (await cpuOf(() => delay(seconds * 1_000))) / 1_000 / seconds };
      },
      close: () => host.close(),
    };
  },
};
