/** Whether one more server costs the same when there are a thousand. */

import { cpuOf } from '../figures/cost.ts';
import type { Scenario, Stage } from '../scenario.ts';
import type { Host } from '../subjects/subject.ts';

const FEW = 10;
const CALLS = 3_000;

export const scale: Scenario = {
  id: 'scale',
  title: 'A thousand servers against ten',
  about:
    'CPU per connection, per call on ten of the servers, and per connection that is closed, with 1,000 servers divided by the same with ten; Streamable HTTP.',
  cases: [{ id: '1000', label: '1,000 servers', size: 1_000, transport: 'http-json' }],
  figures: [
    { id: 'call', label: 'CPU per call', unit: '', better: 'less', isRelative: false },
    { id: 'connection', label: 'CPU per connection', unit: '', better: 'less', isRelative: false },
    { id: 'closing', label: 'CPU per closed connection', unit: '', better: 'less', isRelative: false },
  ],
  full: { sittings: 3, rounds: 2 },
  // One value has no spread, and could not be told from noise.
  short: { sittings: 3, rounds: 1 },
  subjects: ['supervisor', 'supervisor-base', 'raw-v1', 'raw-v2', 'ai-sdk'],
  open: async (stage) => {
    // As many connections as will be measured, so that both sizes run the same compiled code.
    await measure(stage, FEW, (stage.case.size ?? 1) / FEW);
    return {
      round: async () => {
        // Before and after, so that a machine that becomes faster or slower meanwhile is none of theirs.
        const before = await measure(stage, FEW, 20);
        const many = await measure(stage, stage.case.size ?? 1, 1);
        const after = await measure(stage, FEW, 20);
        const ratio = (of: keyof Costs) => (2 * many[of]) / (before[of] + after[of]);
        return { call: ratio('call'), connection: ratio('connection'), closing: ratio('closing') };
      },
      close: async () => undefined,
    };
  },
};

/** CPU of one of each, in microseconds. */
interface Costs {
  readonly connection: number;
  readonly call: number;
  readonly closing: number;
}

async function measure(stage: Stage, servers: number, times: number): Promise<Costs> {
  let connection = 0;
  let call = 0;
  let closing = 0;
  // What was opened and closed before is collected first: it is nothing that these cost.
  globalThis.gc?.();
  for (let time = 1; time <= times; time += 1) {
    const hosts: Host[] = [];
    connection += (await cpuOf(async () => hosts.push(await connect(stage, servers)))) / servers / times;
    const [host] = hosts;
    // In one row at either size, and without what connecting a thousand leaves to be collected.
    if (host !== undefined && time === times) {
      globalThis.gc?.();
      const calling = async () => {
        for (let count = 0; count < CALLS; count += 1) await host.call(count % FEW, 'echo', { text: 'a word or two' });
      };
      call = (await cpuOf(calling)) / CALLS;
    }
    closing += (await cpuOf(async () => host?.close())) / servers / times;
  }
  return { connection, call, closing };
}

async function connect(stage: Stage, count: number): Promise<Host> {
  const servers = Array.from({ length: count }, (_, server) => server);
  const host = await stage.subject.open(servers.map((server) => stage.target(server)));
  await Promise.all(servers.map((server) => host.ready(server)));
  return host;
}
