/** Whether one more server costs the same when there are a thousand. */

import { cpuOf } from '../figures/cost.ts';
import type { Scenario, Stage } from '../scenario.ts';
import type { Host } from '../subjects/subject.ts';

const FEW = 10;
const CALLS = 2_000;

export const scale: Scenario = {
  id: 'scale',
  title: 'A thousand servers against ten',
  about:
    'CPU per connection, and per call on ten of the servers, with 1,000 servers divided by the same with ten; Streamable HTTP.',
  cases: [{ id: '1000', label: '1,000 servers', size: 1_000, transport: 'http-json' }],
  figures: [
    { id: 'call', label: 'CPU per call', unit: '', better: 'less', isRelative: false },
    { id: 'connection', label: 'CPU per connection', unit: '', better: 'less', isRelative: false },
  ],
  full: { sittings: 3, rounds: 1 },
  short: { sittings: 1, rounds: 1 },
  subjects: ['supervisor', 'supervisor-base', 'raw-v1', 'raw-v2', 'ai-sdk'],
  open: async (stage) => {
    // As many connections as will be measured, so that both sizes run the same compiled code.
    for (let count = 0; count < 20; count += 1) await measure(stage, FEW, 1);
    return {
      round: async () => {
        const few = await measure(stage, FEW, 20);
        const many = await measure(stage, stage.case.size ?? 1, 1);
        return { call: many.call / few.call, connection: many.connection / few.connection };
      },
      close: async () => undefined,
    };
  },
};

async function measure(stage: Stage, servers: number, times: number) {
  let connecting = 0;
  let calling = 0;
  for (let time = 0; time < times; time += 1) {
    const hosts: Host[] = [];
    connecting += await cpuOf(async () => hosts.push(await connect(stage, servers)));
    for (const host of hosts) {
      calling += await cpuOf(async () => {
        for (let call = 0; call < CALLS / times; call += 1)
          await host.call(call % FEW, 'echo', { text: 'a word or two' });
      });
      await host.close();
    }
  }
  return { connection: connecting / times / servers, call: calling / CALLS };
}

async function connect(stage: Stage, count: number): Promise<Host> {
  const servers = Array.from({ length: count }, (_, server) => server);
  const host = await stage.subject.open(servers.map((server) => stage.target(server)));
  await Promise.all(servers.map((server) => host.ready(server)));
  return host;
}
